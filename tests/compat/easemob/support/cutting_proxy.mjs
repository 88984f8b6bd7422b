// SPDX-License-Identifier: Apache-2.0
// Stands between a device and the server, passes bytes on both ways, and cuts the connection at a
// byte that was named before: everything up to it arrives, nothing behind it does, and both ends
// find their socket reset.
import net from 'node:net';

export class CuttingProxy {
    #server = net.createServer((near) => this.#pass(near));
    #cuts; // [{direction: 'up' or 'down', after: bytes}], one a connection; then none
    passed = []; // of each connection: {up, down} in bytes, and whether it was cut

    constructor(target_port, cuts) {
        this.target_port = target_port;
        this.#cuts = [...cuts];
    }

    /// Resolves with the address that a device is given.
    async listen() {
        await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
        return `ws://127.0.0.1:${this.#server.address().port}/websocket`;
    }

    close() {
        this.#server.close();
    }

    cuts_made() {
        return this.passed.filter((each) => each.is_cut).length;
    }

    #pass(near) {
        const cut = this.#cuts.shift();
        const far = net.connect(this.target_port, '127.0.0.1');
        const counted = { up: 0, down: 0, is_cut: false };
        this.passed.push(counted);
        const end = () => {
            near.destroy();
            far.destroy();
        };
        const carry = (from, to, direction) => {
            from.on('data', (bytes) => {
                const left = cut?.direction === direction ? cut.after - counted[direction] : Infinity;
                counted[direction] += Math.min(bytes.length, left);
                if (bytes.length < left) return to.write(bytes);
                counted.is_cut = true;
                // What stands before the cut has to arrive, so the other end is reset behind it.
                to.write(bytes.subarray(0, left), () => to.resetAndDestroy());
                from.resetAndDestroy();
            });
            from.on('error', end);
            from.on('close', () => to.end());
        };
        carry(near, far, 'up');
        carry(far, near, 'down');
    }
}
