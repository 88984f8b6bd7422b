// SPDX-License-Identifier: Apache-2.0
// A page in headless Chromium with the SDK in it, as one device of one account. The page's own script
// is below; the test reads what it collected. Pages come from a small web server of the test, so that
// they have an origin, as an application's pages do.
import http from 'node:http';
import puppeteer from 'puppeteer-core';
import { sdk_script } from '../../node/support/sdk.mjs';
import { Observable, patience_ms } from '../../node/support/wait.mjs';

const page_html = `<!doctype html>
<meta charset="utf-8">
<title>device</title>
<script src="/sdk.js"></script>
<script src="/device.js"></script>`;

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

export class Browser {
    static async start() {
        const browser = new Browser();
        const files = new Map([
            ['/', ['text/html', page_html]],
            ['/sdk.js', ['text/javascript', await sdk_script()]],
            ['/device.js', ['text/javascript', `(${device_script})();`]],
        ]);
        browser.web = http.createServer((request, response) => {
            const [type, text] = files.get(request.url) ?? [];
            response.writeHead(type ? 200 : 404, {
                'content-type': `${type ?? 'text/plain'}; charset=utf-8`,
            });
            response.end(text);
        });
        await new Promise((resolve) => browser.web.listen(0, '127.0.0.1', resolve));
        browser.chromium = await puppeteer.launch({
            executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
            args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
            timeout: patience_ms,
            protocolTimeout: patience_ms,
        });
        return browser;
    }

    async open(server, name) {
        // A profile of its own, as two people have.
        const context = await this.chromium.createBrowserContext();
        const page = new Page(server, name, await context.newPage());
        await page.open(`http://127.0.0.1:${this.web.address().port}/`);
        return page;
    }

    async close() {
        await this.chromium.close();
        this.web.closeAllConnections();
        await new Promise((resolve) => this.web.close(resolve));
    }
}

class Page extends Observable {
    seen = { statuses: [], messages: [], acks: [], sockets: 0, closed: 0 };
    errors = [];

    constructor(server, name, page) {
        super();
        Object.assign(this, { server, name, page });
    }

    async open(url) {
        this.page.on('pageerror', (error) => this.errors.push(error.message));
        await this.page.exposeFunction('report', (seen) => {
            this.seen = seen;
            this.changed();
        });
        await this.page.goto(url);
    }

    until(what, look) {
        const explain = () =>
            `${JSON.stringify(this.seen)}\n${this.errors.join('\n')}\n${this.server.log_tail()}`;
        return super.until(`${this.name}: ${what}`, () => look(this.seen), { explain });
    }

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
