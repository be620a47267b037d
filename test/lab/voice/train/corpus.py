"""
Voices, music and noises as 48 kHz int16 samples under FOLDER/pcm/train/{speech,music,noise}/GROUP, from Debian's packages
(README.md) and from espeak-ng, mma and fluidsynth. Usage: corpus.py FOLDER. Knows files; refuses to know what is done with them.
"""
import glob, hashlib, os, random, re, struct, subprocess, sys

FOLDER = sys.argv[1]
GAMES = '/usr/share/games'
ASTERISK = '/usr/share/asterisk/sounds'
CHANCE = random.Random(7)
# Silence, beeps, animals and applause among the prompts.
NO_VOICE = re.compile(r'silence|beep|tone|monkeys|pbx-transfer|tt-weasels|confbridge-(join|leave)')
LANGUAGES = ('en en-us de fr es it pt-br ru pl cs sk nl sv da fi hu tr ar hi cmn ja ko vi id sw el he fa uk bg ro et lt lv '
             'ca ta te bn th').split()


def draw(text):
    """The same number for the same text, always: recordings.ts's."""
    return int(hashlib.md5(text.encode()).hexdigest()[:8], 16)


def files(pattern, matching='.'):
    found = glob.glob(pattern, recursive=True)
    return sorted((f for f in found if os.path.isfile(f) and re.search(matching, f, re.I)), key=draw)


def prompts(folder):
    return [f for f in files(f'{ASTERISK}/{folder}/**/*.g722') if os.path.getsize(f) >= 6000 and not NO_VOICE.search(f)]


def speak():
    """Numbers: espeak-ng says them in the words of every language."""
    os.makedirs(f'{FOLDER}/espeak', exist_ok=True)
    for language in LANGUAGES:
        for take in range(5):
            variant = CHANCE.choice(['', '+f1', '+f2', '+f3', '+f4', '+m1', '+m3', '+m5', '+m7'])
            text = '. '.join(', '.join(str(CHANCE.randrange(10 ** CHANCE.randrange(1, 6)))
                                       for _ in range(CHANCE.randrange(1, 6))) for _ in range(3))
            subprocess.run(['espeak-ng', '-v', language + variant, '-s', str(CHANCE.randrange(120, 210)),
                            '-p', str(CHANCE.randrange(20, 80)), '-w', f'{FOLDER}/espeak/{language}-{take}.wav', text],
                           stderr=subprocess.DEVNULL)


def midi():
    """Freedoom's and OpenMSX's pieces, and one of each of mma's styles."""
    os.makedirs(f'{FOLDER}/midi', exist_ok=True)
    for wad in files('/usr/share/games/doom/freedoom*.wad'):
        data = open(wad, 'rb').read()
        count, directory = struct.unpack('<II', data[4:12])
        for i in range(count):
            at, size, name = struct.unpack('<II8s', data[directory + 16 * i:directory + 16 * i + 16])
            if name.startswith(b'D_') and data[at:at + 4] == b'MThd':
                name = name.rstrip(b'\0').decode()
                open(f'{FOLDER}/midi/{os.path.basename(wad)}-{name}.mid', 'wb').write(data[at:at + size])
    for piece in files(f'{GAMES}/openttd/**/*.mid'):
        open(f'{FOLDER}/midi/openmsx-{os.path.basename(piece)}', 'wb').write(open(piece, 'rb').read())
    chords = ['C', 'Am', 'F', 'G7', 'Dm', 'Em7', 'Bb', 'A7', 'D7', 'Gm', 'Cmaj7', 'E7']
    for style in sorted(glob.glob('/usr/share/mma/lib/stdlib/*.mma')):
        grooves = re.findall(r'^DefGroove\s+(\S+)', open(style, errors='ignore').read(), re.M | re.I)
        if not grooves:
            continue
        song = f'{FOLDER}/midi/song.mma'
        bars = ''.join(f'{bar + 1} {CHANCE.choice(chords)}\n' for bar in range(24))
        open(song, 'w').write(f'Tempo {CHANCE.randrange(60, 160)}\nGroove {CHANCE.choice(grooves)}\n{bars}')
        subprocess.run(['mma', '-f', f'{FOLDER}/midi/mma-{os.path.basename(style)[:-4]}.mid', song],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for i, piece in enumerate(sorted(glob.glob(f'{FOLDER}/midi/*.mid'))):
        font = '/usr/share/sounds/sf2/' + ('FluidR3_GM.sf2' if i % 2 else 'TimGM6mb.sf2')
        played = subprocess.Popen(['timeout', '60', 'fluidsynth', '-ni', '-g', '0.7', '-r', '48000', '-T', 'raw',
                                   '-O', 's16', '-F', '-', font, piece],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        subprocess.run(['ffmpeg', '-v', 'error', '-y', '-f', 's16le', '-ar', '48000', '-ac', '2', '-i', '-', '-t', '70',
                        '-ac', '1', piece[:-3] + 'wav'], stdin=played.stdout)
        played.kill()
        played.wait()


def sets():
    yield 'speech', 'english', [f for f in prompts('en_US_f_Allison') if draw('s' + f) % 2 == 0], 30
    yield 'speech', 'french', prompts('fr_CA_f_June'), 30
    yield 'speech', 'spanish', prompts('es_MX_f_Allison'), 30
    yield 'speech', 'czech', files(f'{GAMES}/fillets-ng/sound/*/cs/*.ogg')[:1300], 20
    for language in 'fr ca uk nn lt el de sl'.split():
        words = files(f'/usr/share/ktuberling/sounds/{language}/*', r'\.(ogg|wav)$')
        yield 'speech', f'words-{language}', words[:70], 10
    yield 'speech', 'espeak', files(f'{FOLDER}/espeak/*.wav'), 30
    yield 'music', 'wesnoth', files(f'{GAMES}/wesnoth/**/music/*.ogg'), 150
    yield 'music', 'warzone', files(f'{GAMES}/warzone2100/**/*', r'\.(ogg|opus)$'), 150
    yield 'music', 'supertux', files(f'{GAMES}/supertux2/music/**/*.ogg'), 120
    yield 'music', 'hedgewars', files(f'{GAMES}/hedgewars/Data/Music/*.ogg'), 150
    yield 'music', 'fillets', files(f'{GAMES}/fillets-ng/music/*.ogg'), 150
    yield 'music', 'frozen-bubble', files(f'{GAMES}/frozen-bubble/**/*.ogg'), 120
    yield 'music', 'tecnoballz', files(f'{GAMES}/tecnoballz/**/*', r'\.(mod|xm|s3m|it)$'), 100
    yield 'music', 'heroes', files(f'{GAMES}/heroes/mod/*', r'\.(mod|xm|s3m|it)$'), 150
    yield 'music', 'tux-racer', files(f'{GAMES}/etr/**/music*/*.ogg'), 120
    loops = r'(beats|bassloops|latin|stringsnpads|instruments|drums|effects|misc)/.*\.(ogg|wav|flac)$'
    yield 'music', 'lmms', files('/usr/share/lmms/samples/**/*.*', loops), 20
    yield 'music', 'midi', files(f'{FOLDER}/midi/*.wav'), 100
    yield 'noise', 'supertux', files(f'{GAMES}/supertux2/sounds/**/*', r'\.(ogg|wav)$'), 10
    yield 'noise', 'hedgewars', files(f'{GAMES}/hedgewars/Data/Sounds/*.ogg'), 10


def decode(path, out, seconds, through_g722):
    start = ['ffmpeg', '-v', 'error', '-y', '-threads', '1']
    source = (['-f', 'g722'] if path.endswith('.g722') else []) + ['-t', str(seconds), '-i', path]
    end = ['-map', '0:a:0', '-ac', '1', '-ar', '48000', '-f', 's16le', out]
    if not through_g722:
        subprocess.run(start + source + end)
        return
    coded = subprocess.Popen(start + source + ['-ac', '1', '-ar', '16000', '-c:a', 'g722', '-f', 'g722', '-'],
                             stdout=subprocess.PIPE)
    subprocess.run(start + ['-f', 'g722', '-i', '-'] + end, stdin=coded.stdout)
    coded.wait()


speak()
midi()
for kind, group, paths, seconds in sets():
    folder = f'{FOLDER}/pcm/train/{kind}/{group}'
    os.makedirs(folder, exist_ok=True)
    print(kind, group, len(paths), flush=True)
    every = 3 if kind == 'music' else 6 if group in ('czech', 'espeak') else 0
    for path in paths:
        name = re.sub(r'[^A-Za-z0-9]+', '_', os.path.basename(path))
        decode(path, f'{folder}/{draw(path):08x}-{name}.s16', seconds, every > 0 and draw('q' + path) % every == 0)
