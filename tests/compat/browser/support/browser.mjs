// SPDX-License-Identifier: Apache-2.0
// Headless Chromium for tests, and its pages. They come from a small web server of the test, so that
// they have an origin, as an application's pages do; each has an SDK and a script of the test in it,
// and reports what it collected.
import http from 'node:http';
import puppeteer from 'puppeteer-core';
import { Observable, patience_ms } from '../../node/support/wait.mjs';

const page_html = `<!doctype html>
<meta charset="utf-8">
<title>device</title>
<script src="/sdk.js"></script>
<script src="/device.js"></script>`;

/// A page whose script calls `window.report` with all that it has seen, at each change.
export class WebPage extends Observable {
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
}

export class WebBrowser {
    /// `sdk` is the text of a classic script; `device` a function that runs in the page behind it;
    /// `Page` the class that a page becomes here.
    static async start({ sdk, device, Page }) {
        const browser = new this();
        browser.Page = Page;
        const files = new Map([
            ['/', ['text/html', page_html]],
            ['/sdk.js', ['text/javascript', sdk]],
            ['/device.js', ['text/javascript', `(${device})();`]],
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

    /// In a profile of its own, as two people have, or in that of another page, as its next tab.
    async open(server, name, { beside } = {}) {
        const context = beside?.page.browserContext() ?? (await this.chromium.createBrowserContext());
        const page = new this.Page(server, name, await context.newPage());
        await page.open(`http://127.0.0.1:${this.web.address().port}/`);
        return page;
    }

    async close() {
        await this.chromium.close();
        this.web.closeAllConnections();
        await new Promise((resolve) => this.web.close(resolve));
    }
}
