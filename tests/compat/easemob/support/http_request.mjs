// SPDX-License-Identifier: Apache-2.0
// As much of XMLHttpRequest as the SDK uses, on fetch.
export class HttpRequest {
    readyState = 0;
    status = 0;
    response = '';
    responseText = '';
    responseURL = '';
    responseType = '';
    timeout = 0;
    upload = { addEventListener() {} };
    #headers = {};
    #listeners = new Map();
    #abort = new AbortController();

    open(method, url) {
        this.method = method.toUpperCase();
        this.url = url;
        this.readyState = 1;
    }

    setRequestHeader(name, value) {
        this.#headers[name] = value;
    }

    addEventListener(name, listener) {
        this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
    }

    getResponseHeader() {
        return null;
    }

    abort() {
        this.#abort.abort();
        this.#tell('abort');
    }

    async send(body) {
        try {
            const answer = await fetch(this.url, {
                method: this.method,
                headers: this.#headers,
                body: this.method === 'GET' ? undefined : (body ?? undefined),
                signal: this.#abort.signal,
            });
            this.status = answer.status;
            this.responseURL = answer.url;
            if (this.responseType === 'blob') {
                this.response = await answer.blob();
            } else {
                this.response = this.responseText = await answer.text();
            }
        } catch {
            this.readyState = 4;
            this.#tell('error');
            return;
        }
        this.readyState = 4;
        this.#tell('readystatechange');
        this.#tell('load');
    }

    #tell(name) {
        try {
            this[`on${name}`]?.({ target: this });
            for (const listener of this.#listeners.get(name) ?? []) listener({ target: this });
        } catch (error) {
            // An application's mistake does not reach the transport.
            setImmediate(() => console.error(error));
        }
    }
}
