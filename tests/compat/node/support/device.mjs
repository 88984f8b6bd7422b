// SPDX-License-Identifier: Apache-2.0
// One device of one account: a fresh SDK with everything it did and was told, to wait for and to
// look at. It uses the SDK as an application does, and only watches its socket and its timers.
import { WebSocket } from 'ws';
import { fresh_sdk } from './sdk.mjs';
import { Gate, Observable } from './wait.mjs';

/// What the SDK's status listener is called with.
export const Status = { disconnected: 0, connected: 1, connecting: 2, refused: 3, kicked: 4 };

export const person = 1;
export const group = 2;

const ping = 0x70;
const pong = 0x80;

class Socket extends WebSocket {
    constructor(device, address) {
        super(address);
        this.device = device;
        this.messages_in = [];
        this.messages_out = [];
        this.close_code = undefined;
        device.sockets.push(this);
        // Ahead of the SDK's own listener, so that a reader of `changed` finds both up to date.
        this.on('message', (data) => {
            this.answered_at ??= performance.now();
            this.messages_in.push(new Uint8Array(data));
        });
        this.on('open', () => device.on_open?.(this));
        this.on('close', (code) => {
            this.close_code = code;
            setImmediate(() => device.changed());
        });
    }

    /// From the CONNECT that went out to the first thing that came back.
    answered_in_ms() {
        return this.answered_at - this.asked_at;
    }

    send(data, ...rest) {
        this.asked_at ??= performance.now();
        this.messages_out.push(data);
        super.send(data, ...rest);
        this.device.changed();
    }
}

export class Device extends Observable {
    statuses = []; // [{status, reason}]
    messages = []; // from the server, in the order of arrival
    commands = [];
    acks = []; // SENDACK packets
    sockets = [];
    timers = new Set(); // set by the SDK and still to fire
    intervals = new Set(); // heartbeat, receipts
    printed = [];
    address_gate = new Gate(); // shut: the app knows no address yet, the SDK waits

    /// `options`: uid, flag (the SDK's own default when missing), token, heartbeat_ms.
    static async make(server, options) {
        const device = new Device();
        device.server = server;
        device.name = `${options.uid}/${options.flag ?? 'default'}`;
        const print = (...words) => {
            device.printed.push(words.map(String).join(' '));
        };
        device.sdk = await fresh_sdk({
            WebSocket: class extends Socket {
                constructor(address) {
                    super(device, address);
                }
            },
            console: { log: print, warn: print, error: print, info: print },
            setTimeout: (work, after_ms, ...rest) => {
                const timer = setTimeout(() => {
                    device.timers.delete(timer);
                    work(...rest);
                }, after_ms);
                device.timers.add(timer);
                return timer;
            },
            clearTimeout: (timer) => {
                device.timers.delete(timer);
                clearTimeout(timer);
            },
            setInterval: (work, every_ms) => {
                const interval = setInterval(work, every_ms);
                device.intervals.add(interval);
                return interval;
            },
            clearInterval: (interval) => {
                device.intervals.delete(interval);
                clearInterval(interval);
            },
        });
        device.#configure(options);
        return device;
    }

    #configure({ uid, flag, token, heartbeat_ms }) {
        const shared = this.sdk.WKSDK.shared();
        shared.config.uid = uid;
        shared.config.token = token;
        if (flag !== undefined) shared.config.deviceFlag = flag;
        if (heartbeat_ms !== undefined) shared.config.heartbeatInterval = heartbeat_ms;
        shared.config.provider.connectAddrCallback = async (use) => {
            await this.address_gate.passed();
            use(await this.server.ws_url());
        };
        shared.connectManager.addConnectStatusListener((status, reason) => {
            this.statuses.push({ status, reason });
            this.changed();
        });
        shared.chatManager.addMessageListener((message) => {
            // The SDK also shows a message to its own app when it is sent; that one has no id yet.
            if (message.messageID !== undefined) this.messages.push(message);
            this.changed();
        });
        shared.chatManager.addCMDListener((message) => {
            this.commands.push(message);
            this.changed();
        });
        shared.chatManager.addMessageStatusListener((ack) => {
            this.acks.push(ack);
            this.changed();
        });
        this.shared = shared;
        this.uid = uid;
        this.flag = flag;
    }

    until(what, look, options = {}) {
        const explain = () => `${this.#story()}\n${this.server.log_tail()}`;
        return super.until(`${this.name}: ${what}`, look, { explain, ...options });
    }

    #story() {
        const statuses = this.statuses
            .map(({ status, reason }) => `${status}(${reason})`)
            .join(' ');
        return [
            `${this.name}: statuses ${statuses || 'none'}, ${this.messages.length} messages, ` +
                `${this.acks.length} acks, ${this.sockets.length} sockets; the SDK printed`,
            ...this.printed.slice(-15),
        ].join('\n');
    }

    get last_status() {
        return this.statuses.at(-1)?.status;
    }

    get socket() {
        return this.sockets.at(-1);
    }

    count_of(status) {
        return this.statuses.filter((entry) => entry.status === status).length;
    }

    start() {
        this.shared.connect();
    }

    async connect() {
        const before = this.count_of(Status.connected);
        this.start();
        await this.until('logged in', () => this.count_of(Status.connected) > before);
        return this;
    }

    until_reconnected() {
        const before = this.count_of(Status.connected);
        return this.until('back by itself', () => this.count_of(Status.connected) > before);
    }

    until_lost() {
        return this.until('connection lost', () => this.last_status === Status.disconnected);
    }

    /// Hands the message to the SDK; resolves when the SDK has it in its sending queue.
    send(text, to, type = person) {
        const content = new this.sdk.MessageText(text);
        return this.shared.chatManager.send(content, new this.sdk.Channel(to, type));
    }

    ack_of(sent) {
        return this.acks.findLast((ack) => ack.clientSeq === sent.clientSeq);
    }

    until_acked(sent) {
        return this.until(`SENDACK of ${sent.clientSeq}`, () => this.ack_of(sent));
    }

    async send_acked(text, to, type = person) {
        const sent = await this.send(text, to, type);
        const ack = await this.until_acked(sent);
        return {
            reason: ack.reasonCode,
            seq: ack.messageSeq,
            id: ack.messageID.toString(),
            client_msg_no: sent.clientMsgNo,
        };
    }

    with_text(text) {
        return this.messages.filter((message) => message.content.text === text);
    }

    until_text(text) {
        return this.until(`the message ${text.slice(0, 40)}`, () => this.with_text(text)[0]);
    }

    pings_sent() {
        return this.socket.messages_out.filter((data) => data.length === 1 && data[0] === ping)
            .length;
    }

    pongs_received() {
        return this.socket.messages_in.filter((data) => data.length === 1 && data[0] === pong)
            .length;
    }

    /// The app ends the login; nothing of this device runs afterwards.
    close() {
        this.address_gate.shut();
        this.shared.disconnect();
        for (const timer of this.timers) clearTimeout(timer);
        for (const interval of this.intervals) clearInterval(interval);
        for (const socket of this.sockets) socket.terminate();
    }
}
