// SPDX-License-Identifier: Apache-2.0
// As much of uni-app's surroundings as the SDK's uni-app build uses, which alone says whether a login
// is a manual one. Imported before anything else it makes sdk.mjs take that build.

/// `Socket` is the class that sdk.mjs opens sockets with.
function surroundings(Socket, storage) {
    return {
        canIUse: () => true,
        getSystemInfo: () => ({}),
        getStorageSync: (key) => storage.getItem(key) ?? '',
        setStorageSync: (key, value) => storage.setItem(key, value),
        onNetworkStatusChange() {},
        async request({ url, data, method, header, success, fail }) {
            try {
                const answer = await fetch(url, { method, headers: header, body: data ?? undefined });
                const text = await answer.text();
                success({ statusCode: answer.status, data: JSON.parse(text) });
            } catch (error) {
                fail({ errMsg: `request:fail ${error.message}` });
            }
        },
        connectSocket({ url }) {
            const socket = new Socket(url);
            socket.binaryType = 'arraybuffer';
            return {
                get readyState() {
                    return socket.readyState;
                },
                onOpen: (listener) => socket.addEventListener('open', listener),
                onMessage: (listener) => socket.addEventListener('message', ({ data }) => listener({ data })),
                onClose: (listener) => socket.addEventListener('close', listener),
                onError: (listener) => socket.addEventListener('error', listener),
                send: ({ data }) => socket.send(data),
                close: () => socket.close(),
            };
        },
    };
}

globalThis.uni_surroundings = surroundings;
