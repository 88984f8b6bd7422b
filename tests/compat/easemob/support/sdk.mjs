// SPDX-License-Identifier: Apache-2.0
// The unmodified npm package in plain Node: what a browser would offer it, and nothing more
// (msync-wire 12). It decides its platform while it is loaded, so the globals come first.
import { createRequire } from 'node:module';
import { WebSocket } from 'ws';
import { HttpRequest } from './http_request.mjs';

/// Every socket that the SDK opens, for the device that opened it.
class Socket extends WebSocket {
    static opened = () => {};

    constructor(address) {
        super(address);
        this.on('error', () => {}); // browsers are silent where ws throws
        Socket.opened(this);
    }
}

const stored = new Map();
const storage = {
    getItem: (key) => stored.get(key) ?? null,
    setItem: (key, value) => stored.set(key, String(value)),
    removeItem: (key) => stored.delete(key),
};

/// As much of it as the SDK uses to read a file that it has downloaded.
class Reader {
    readAsArrayBuffer(blob) {
        blob.arrayBuffer().then(
            (result) => this.onload({ target: { result } }),
            (error) => this.onerror(error)
        );
    }
}

Object.assign(globalThis, {
    self: globalThis,
    window: globalThis,
    WebSocket: Socket,
    XMLHttpRequest: HttpRequest,
    FileReader: Reader,
    localStorage: storage,
    location: { protocol: 'http:' },
});
/// Where uni.mjs was imported before, the build for it is the one under test.
const is_uni = globalThis.uni_surroundings !== undefined;
if (is_uni) globalThis.uni = globalThis.uni_surroundings(Socket, storage);
if (globalThis.navigator === undefined) globalThis.navigator = { userAgent: 'node' };

export const sdk = createRequire(import.meta.url)(
    is_uni ? 'easemob-websdk/uniApp/Easemob-chat.js' : 'easemob-websdk'
);
sdk.logger.setConsoleLogVisibility(false);

/// Calls `watch` with each socket that is opened while `work` runs, up to its first await.
export function with_sockets(watch, work) {
    const before = Socket.opened;
    Socket.opened = watch;
    try {
        return work();
    } finally {
        Socket.opened = before;
    }
}

/// From now on: who asks which device a socket belongs to.
export function on_socket(watch) {
    Socket.opened = watch;
}
