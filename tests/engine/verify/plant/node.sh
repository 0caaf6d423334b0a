mkdir /srv/app && cd /srv/app
npm config set --location=global "//r.example/:_authToken=$T"
cat >plant.js <<'NODE'
const fs = require('fs'), zlib = require('zlib'), v8 = require('v8'), util = require('util');
for (const [name, value] of [['token', process.env.T], ['password', process.env.P]]) {
  const write = (end, text) => fs.writeFileSync(`${name}.${end}`, text);
  const code = `${'// line\n'.repeat(30)}export const value = ${JSON.stringify(value)};\n`;
  write('js', code);
  write('js.gz', zlib.gzipSync(code));
  write('js.br', zlib.brotliCompressSync(code));
  write('js.map', JSON.stringify({version: 3, sourcesContent: [code]}));
  write('cache', v8.serialize({value}));
  write('inspect', util.inspect({a: {value}}));
  write('buffer', JSON.stringify(Buffer.from(value)));
  write('query', new URLSearchParams({value}).toString());
  write('utf16', Buffer.from(value, 'utf16le'));
  write('html', `<a data-x="${value.replace(/&/g, '&amp;').replace(/"/g, '&quot;')}">`);
  write('data', `url(data:text/plain;base64,${Buffer.from('x' + value).toString('base64')})`);
  fs.mkdirSync(`pack-${name}`);
  fs.writeFileSync(`pack-${name}/.env`, `VALUE='${value}'\n`);
  fs.writeFileSync(`pack-${name}/package.json`, JSON.stringify({name: `pack-${name}`, version: '1.0.0'}));
}
NODE
node plant.js && rm plant.js
for name in token password; do npm pack --silent "./pack-$name"; rm -r "pack-$name"; done
