// SPDX-License-Identifier: Apache-2.0
// A page in headless Chromium with easemob-websdk in it, as the package comes, and one device of one
// user. The page's own script is below; the test reads what it collected.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { WebBrowser, WebPage } from '../../browser/support/browser.mjs';

const listened = [
    'onConnected', 'onDisconnected', 'onError', 'onTextMessage', 'onImageMessage', 'onChannelMessage',
    'onMultiDeviceEvent', 'onGroupEvent', 'onContactInvited',
];

/// Runs in the page.
function device_script() {
    window.seen = { told: [], sockets: 0, closed: 0 };
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
    window.log_in = async (names, options, login) => {
        const { websdk } = window;
        websdk.logger.setConsoleLogVisibility(false);
        const connection = new websdk.connection(options);
        const listeners = {};
        for (const name of names) {
            listeners[name] = (argument) => {
                window.seen.told.push([name, argument]);
                changed();
            };
        }
        connection.addEventHandler('test', listeners);
        window.connection = connection;
        await connection.open(login);
        return connection.clientResource;
    };
    window.call = (name, ...args) => window.connection[name](...args);
    window.send = async (options) => {
        const message = window.websdk.message.create({ chatType: 'singleChat', ...options });
        return (await window.connection.send(message)).serverMsgId;
    };
    /// A picture drawn here, sent as an application sends what its user has chosen.
    window.send_picture = async (to) => {
        const canvas = Object.assign(document.createElement('canvas'), { width: 40, height: 30 });
        const drawing = canvas.getContext('2d');
        drawing.fillStyle = 'teal';
        drawing.fillRect(0, 0, 40, 30);
        const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
        const data = new File([blob], 'teal.png', { type: 'image/png' });
        const file = { data, filename: 'teal.png', filetype: 'png', url: URL.createObjectURL(data) };
        await window.send({ type: 'img', to, file, width: 40, height: 30 });
        return data.size;
    };
    window.load_picture = (url) =>
        new Promise((resolve, reject) => {
            const image = new Image();
            image.onload = () => resolve([image.naturalWidth, image.naturalHeight]);
            image.onerror = () => reject(new Error(`no picture at ${url}`));
            image.src = url;
        });
}

class Page extends WebPage {
    seen = { told: [], sockets: 0, closed: 0 };

    /// Everything that is not given is the SDK's own default. Rejects as the SDK does.
    async log_in(user, pwd, { options = {} } = {}) {
        const where = {
            appKey: this.server.app_key,
            isHttpDNS: false,
            url: this.server.easemob_ws(),
            apiUrl: this.server.easemob_http(),
        };
        this.resource = await this.page.evaluate(
            (...args) => window.log_in(...args), listened, { ...where, ...options }, { user, pwd }
        );
        return this;
    }

    /// A method of the SDK's connection.
    call(name, ...args) {
        return this.page.evaluate((...all) => window.call(...all), name, ...args);
    }

    send_text(msg, to, more = {}) {
        return this.page.evaluate((options) => window.send(options), { type: 'txt', msg, to, ...more });
    }

    send_picture(to) {
        return this.page.evaluate((whom) => window.send_picture(whom), to);
    }

    load_picture(url) {
        return this.page.evaluate((where) => window.load_picture(where), url);
    }

    all(name) {
        return this.seen.told.filter(([each]) => each === name).map(([, argument]) => argument);
    }

    async until_told(name, matches = () => true) {
        return this.until(name, () => this.all(name).find(matches));
    }

    until_text(text) {
        return this.until_told('onTextMessage', (message) => message.msg === text);
    }

    texts() {
        return this.all('onTextMessage').map((message) => message.msg);
    }
}

export class Browser extends WebBrowser {
    static async start() {
        const easemob = new URL('../../easemob/package.json', import.meta.url);
        const script = createRequire(fileURLToPath(easemob)).resolve('easemob-websdk');
        return super.start({ sdk: fs.readFileSync(script, 'utf8'), device: device_script, Page });
    }
}
