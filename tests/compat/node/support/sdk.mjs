// SPDX-License-Identifier: Apache-2.0
// The unmodified npm package, bundled as an application would bundle it. The bundle is a function of
// its surroundings, so each call gives an SDK that shares nothing with another: the package keeps
// its state in module-wide singletons, and one process here is many devices.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';

const package_folder = path.dirname(fileURLToPath(new URL('../package.json', import.meta.url)));

let bundled;

/// The text of a classic script that defines the global `wukongim`.
export async function sdk_script() {
    bundled ??= esbuild.build({
        stdin: { contents: 'export * from "wukongimjssdk/lib/sdk";', resolveDir: package_folder },
        bundle: true,
        format: 'iife',
        globalName: 'wukongim',
        write: false,
        logLevel: 'error',
    });
    return (await bundled).outputFiles[0].text;
}

/// `surroundings` become what the SDK finds as globals: WebSocket, console, setTimeout, ...
export async function fresh_sdk(surroundings) {
    const script = await sdk_script();
    const names = Object.keys(surroundings);
    const make = new Function(...names, `${script}\nreturn wukongim;`);
    return make(...names.map((name) => surroundings[name]));
}
