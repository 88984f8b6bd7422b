// SPDX-License-Identifier: Apache-2.0
// One device of one Easemob user: a connection object of the SDK with everything it was told, to
// wait for and to look at. It uses the SDK as an application does, and only watches its sockets.
import { Observable } from '../../node/support/wait.mjs';
import { on_socket, sdk } from './sdk.mjs';

const events = [
    'onConnected', 'onDisconnected', 'onReconnecting', 'onTokenWillExpire', 'onTokenExpired', 'onError',
    'onOfflineMessageSyncStart', 'onOfflineMessageSyncFinish',
    'onTextMessage', 'onImageMessage', 'onCmdMessage', 'onCustomMessage', 'onLocationMessage', 'onFileMessage',
    'onAudioMessage', 'onVideoMessage', 'onCombineMessage', 'onReactionChange',
    'onReadMessage', 'onDeliveredMessage', 'onChannelMessage', 'onRecallMessage', 'onModifiedMessage',
    'onMultiDeviceEvent', 'onGroupEvent', 'onContactInvited', 'onContactAdded', 'onContactAgreed',
    'onContactDeleted', 'onContactRefuse', 'onMessagePinEvent', 'onChatThreadChange',
];
/// What the SDK tells its older listener only.
const older_only = new Set(['join', 'leave', 'ban', 'block', 'unblock']);

// The SDK opens sockets after awaits of its own, so a socket is known by whose turn it is: the url
// carries the device's name.
const by_mark = new Map();
on_socket((socket) => by_mark.get(new URL(socket.url).searchParams.get('device'))?.add(socket));
let devices_made = 0;

export class Device extends Observable {
    told = []; // [name, argument], in the order of arrival
    sockets = [];

    /// `options`: uid, password or token; device: the id that the resource is made of; custom: the
    /// number of a custom platform; automatic: nobody asked for this login (uni-app only); info: what
    /// the devices are told that this login ends; uploads: files go through the server, otherwise
    /// addresses are passed on as they are; address: where its socket connects to, when that is not
    /// the server itself.
    constructor(server, options) {
        super();
        this.server = server;
        this.options = options;
        this.uid = options.uid;
        this.mark = String(++devices_made);
        this.name = `${options.uid}/${options.device ?? 'default'}`;
        by_mark.set(this.mark, this);
        this.connection = new sdk.connection({
            appKey: server.app_key,
            isHttpDNS: false,
            url: `${options.address ?? server.easemob_ws()}?device=${this.mark}`,
            apiUrl: server.easemob_http(),
            isFixedDeviceId: false,
            deviceId: options.device,
            customOSPlatform: options.custom,
            isAutoLogin: options.automatic ?? false,
            delivery: options.delivery ?? false,
            heartBeatWait: options.heartbeat_ms ?? 30_000,
            useOwnUploadFun: !options.uploads,
            autoReconnectNumMax: options.reconnects ?? 5,
        });
        if (options.info) this.connection.setLoginInfoCustomExt(options.info);
        const listeners = {};
        for (const name of events) {
            listeners[name] = (argument) => {
                this.told.push([name, argument]);
                this.changed();
            };
        }
        listeners.onGroupChange = (argument) => {
            if (!older_only.has(argument.type)) return;
            this.told.push(['onGroupChange', argument]);
            this.changed();
        };
        this.connection.addEventHandler('test', listeners);
    }

    add(socket) {
        this.sockets.push(socket);
        socket.on('close', () => setImmediate(() => this.changed()));
    }

    get socket() {
        return this.sockets.at(-1);
    }

    /// What the SDK calls this device.
    get resource() {
        return this.connection.clientResource;
    }

    /// Rejects with the SDK's own error.
    async open() {
        const { uid, password, token } = this.options;
        const how = token ? { accessToken: token } : { pwd: password };
        await this.connection.open({ user: uid, ...how });
        return this;
    }

    /// Arguments of each time that the SDK called this listener.
    all(name) {
        return this.told.filter(([each]) => each === name).map(([, argument]) => argument);
    }

    texts() {
        return this.all('onTextMessage').map((message) => message.msg);
    }

    until(what, look, options = {}) {
        const explain = () =>
            `${this.name} was told ${JSON.stringify(this.told.slice(-20), null, 1)}\n${this.server.log_tail()}`;
        return super.until(`${this.name}: ${what}`, look, { explain, ...options });
    }

    /// Resolves with what the listener was called with, which may be nothing.
    async until_told(name, matches = () => true) {
        const is_it = ([each, argument]) => each === name && matches(argument);
        return (await this.until(name, () => this.told.find(is_it)))[1];
    }

    until_text(text) {
        return this.until(`the message ${text}`, () =>
            this.all('onTextMessage').find((message) => message.msg === text)
        );
    }

    /// Answers with what the SDK resolves with: {localMsgId, serverMsgId, message}.
    send(options) {
        const message = sdk.message.create({ chatType: 'singleChat', ...options });
        return this.connection.send(message);
    }

    send_text(msg, to, more = {}) {
        return this.send({ type: 'txt', msg, to, ...more });
    }

    /// The cable is pulled: no close frame, no logout.
    cut() {
        this.socket.terminate();
    }

    close() {
        this.connection.close();
        for (const socket of this.sockets) socket.terminate();
        by_mark.delete(this.mark);
    }
}
