mkdir /srv/app && cd /srv/app
python3 <<'PYTHON'
import base64, configparser, gzip, json, lzma, marshal, os, pickle, py_compile, sqlite3, tarfile, zipfile, zlib
from urllib.parse import quote
for name, value in (('token', os.environ['T']), ('password', os.environ['P'])):
    with open('x.py', 'w') as file:
        file.write(f'VALUE = {value!r}\n')
    py_compile.compile('x.py', cfile=f'{name}.pyc')
    with open(f'{name}.pickle', 'wb') as file:
        pickle.dump({'value': value}, file)
    with open(f'{name}.repr', 'w') as file:
        print({'value': value}, [value.encode()], file=file)
    with open(f'{name}.json', 'w') as file:
        json.dump({'state': json.dumps({'value': value})}, file)
    with open(f'{name}.marshal.z', 'wb') as file:
        file.write(zlib.compress(marshal.dumps([value] * 3)))
    with sqlite3.connect(f'{name}.db') as database:
        database.execute('create table settings (value)')
        database.execute('insert into settings values (?)', [value])
    with zipfile.ZipFile(f'{name}.whl', 'w', zipfile.ZIP_DEFLATED) as wheel:
        wheel.write('x.py', 'app/settings.py')
    with tarfile.open(f'{name}.tar.xz', 'w:xz') as archive:
        archive.add('x.py')
    with open(f'{name}.yaml', 'w') as file:
        release = base64.b64encode(gzip.compress(json.dumps({'value': value}).encode() * 3))
        print('data:\n  release:', base64.b64encode(release).decode(), file=file)
    with open(f'{name}.ini', 'w') as file:
        settings = configparser.ConfigParser()
        settings['a'] = {'value': value.replace('%', '%%')}
        settings.write(file)
    with open(f'{name}.url', 'w') as file:
        print(f'https://ci:{quote(value, safe="")}@r.example/simple', file=file)
os.remove('x.py')
PYTHON
pip config --global set global.index-url "$(cat token.url)"
