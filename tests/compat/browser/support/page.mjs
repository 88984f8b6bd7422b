// SPDX-License-Identifier: Apache-2.0
// A page in headless Chromium with the SDK in it, as one device of one account. The page's own script
// is below; the test reads what it collected.
import { sdk_script } from '../../node/support/sdk.mjs';
import { WebBrowser, WebPage } from './browser.mjs';

/// Runs in the page.
function device_script() {
    window.seen = { statuses: [], messages: [], acks: [], sockets: 0, closed: 0 };
    const { WKSDK, MessageText, Channel } = window.wukongim;
    const changed = () => window.report(JSON.parse(JSON.stringify(window.seen)));
    const Plain = window.WebSocket;
    window.WebSocket = class extends Plain {
        constructor(address) {
            super(address);
            window.seen.sockets += 1;
            this.addEventListener('close', () => {
                window.seen.closed += 1;
                changed();
            });
        }
    };
    window.log_in = (uid, token, address, flag) => {
        const shared = WKSDK.shared();
        Object.assign(shared.config, { uid, token, addr: address });
        if (flag !== null) shared.config.deviceFlag = flag;
        shared.connectManager.addConnectStatusListener((status, reason) => {
            window.seen.statuses.push({ status, reason });
            changed();
        });
        shared.chatManager.addMessageListener((message) => {
            if (message.messageID === undefined) return; // its own, on the way out
            window.seen.messages.push({
                id: message.messageID,
                seq: message.messageSeq,
                from: message.fromUID,
                channel: message.channel.channelID,
                type: message.channel.channelType,
                red_dot: message.header.reddot,
                text: message.content.text,
            });
            changed();
        });
        shared.chatManager.addMessageStatusListener((ack) => {
            window.seen.acks.push({
                client_seq: ack.clientSeq,
                seq: ack.messageSeq,
                reason: ack.reasonCode,
            });
            changed();
        });
        shared.connect();
    };
    window.send_text = async (text, to, type) => {
        const message = await WKSDK.shared().chatManager.send(
            new MessageText(text),
            new Channel(to, type)
        );
        return message.clientSeq;
    };
}

class Page extends WebPage {
    seen = { statuses: [], messages: [], acks: [], sockets: 0, closed: 0 };

    async log_in(uid, token, { flag = null } = {}) {
        const address = await this.server.ws_url();
        await this.page.evaluate((...args) => window.log_in(...args), uid, token, address, flag);
        await this.until('an answer to the login', (seen) => seen.statuses.length > 0);
    }

    send(text, to, type = 1) {
        return this.page.evaluate((...args) => window.send_text(...args), text, to, type);
    }

    async send_acked(text, to, type = 1) {
        const client_seq = await this.send(text, to, type);
        return this.until(`SENDACK of ${text}`, (seen) =>
            seen.acks.find((ack) => ack.client_seq === client_seq)
        );
    }

    until_text(text) {
        return this.until(`the message ${text}`, (seen) =>
            seen.messages.find((message) => message.text === text)
        );
    }

    texts() {
        return this.seen.messages.map((message) => message.text);
    }
}

export class Browser extends WebBrowser {
    static async start() {
        return super.start({ sdk: await sdk_script(), device: device_script, Page });
    }
}
