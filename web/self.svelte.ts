/**
 * What I have and send: my name, microphone, camera and screen, as the screens read them. Wires web/media to $state,
 * preferences and notices. Refuses to know peers, the room and how tracks are sent.
 */
import { DeviceChoice } from './device-choice.svelte.ts';
import { noticeOf, offerOf, screenNoticeOf, speakerLostNotice } from './device-notices.ts';
import type { Device, DeviceProblem } from './media/devices.ts';
import { Inputs, type Incident } from './media/inputs.ts';
import type { Microphone, Suppression } from './media/microphone.ts';
import { INPUTS, Permissions, type Input, type Permission } from './media/permissions.ts';
import { Screen } from './media/screen.ts';
import type { NewNotice } from './notices.svelte.ts';
import { loadPreferences, savePreferences, type Preferences } from './preferences.ts';
import { TEXT_LIMITS } from './protocol.ts';

export type SentKind = 'microphone' | 'camera' | 'screen' | 'screenAudio';

export interface SelfEvents {
  onTrack(kind: SentKind, track: MediaStreamTrack | undefined): void;
  /** Name, microphone, camera or screen is another than before. */
  onState(): void;
  onNotice(notice: NewNotice): void;
}

export class Self {
  /** `muted` also while a muted start is still waiting for its capture. */
  microphone = $state<'off' | 'starting' | 'on' | 'muted'>('off');
  camera = $state<'off' | 'starting' | 'on'>('off');
  screen = $state<'off' | 'starting' | 'on'>('off');
  microphoneProblem = $state<DeviceProblem>();
  cameraProblem = $state<DeviceProblem>();
  /** The system or the headset delivers silence although I am not muted here. */
  microphoneSilenced = $state(false);
  suppression = $state<Suppression>('off');
  /** In use, or else to be used; '' for the system's default. */
  microphoneId = $state('');
  cameraId = $state('');
  /** The sent clone; the same one while muted. */
  microphoneTrack = $state.raw<MediaStreamTrack>();
  cameraTrack = $state.raw<MediaStreamTrack>();
  screenTrack = $state.raw<MediaStreamTrack>();
  screenAudioTrack = $state.raw<MediaStreamTrack>();
  permission = $state<Permission>('unknown');
  readonly screenSupported = Screen.supported;
  #name = $state('');

  #events: SelfEvents;
  #preferences: Preferences = loadPreferences();
  #permissions = new Permissions((input, permission) => this.#onPermission(input, permission));
  #choice = new DeviceChoice({
    onPluggedIn: (input, device) => this.#offer(input, device),
    onFirst: (input, device) => this.#offerFirst(input, device),
    onSpeakerLost: () => this.#say(speakerLostNotice()),
  });
  #inputs: Inputs;
  #screen: Screen;

  constructor(events: SelfEvents) {
    this.#events = events;
    this.#name = this.#preferences.name;
    this.#inputs = new Inputs(
      {
        onTrack: (input, track) => this.#onInputTrack(input, track),
        onChange: () => this.#onInputs(),
        onAnswer: (input, problem) => this.#onAnswer(input, problem),
        onIncident: (incident) => this.#onIncident(incident),
      },
      { microphone: this.#choice.wish('microphone').id, camera: this.#choice.wish('camera').id },
    );
    this.#screen = new Screen({
      onTracks: (video, audio) => this.#onScreenTracks(video, audio),
      onEnded: () => this.#setScreen('off'),
    });
    void this.followSound();
    this.#onInputs();
    void this.#permissions.watch();
  }

  /** As typed, at most 64 characters; remembered and shown to others without the blanks around it. */
  get name(): string {
    return this.#name;
  }

  set name(name: string) {
    this.#name = atMost(name, TEXT_LIMITS.name);
    if (this.#name.trim() === this.#preferences.name) return;
    this.#remember({ name: this.#name.trim() });
    this.#events.onState();
  }

  get microphones(): readonly Device[] {
    return this.#choice.microphones;
  }

  get cameras(): readonly Device[] {
    return this.#choice.cameras;
  }

  get speakers(): readonly Device[] {
    return this.#choice.speakers;
  }

  /** '' for the system's default, also while the remembered speaker is not connected. */
  get speakerId(): string {
    return this.#choice.speakerId;
  }

  set speakerId(id: string) {
    this.#choice.speakerId = id;
  }

  /** The microphone itself, for those who listen to it. Muting is toggleMicrophone()'s. */
  get source(): Microphone {
    return this.#inputs.microphone;
  }

  /** What I send, by the four slots of a connection. */
  get tracks(): Partial<Record<SentKind, MediaStreamTrack | undefined>> {
    return {
      microphone: this.microphoneTrack,
      camera: this.cameraTrack,
      screen: this.screenTrack,
      screenAudio: this.screenAudioTrack,
    };
  }

  level(): number {
    return this.#inputs.microphone.level();
  }

  /**
   * Asks for what was on last time. A microphone that was muted is captured too, muted, if that opens no prompt:
   * else the first words of someone who joined muted could not be noticed.
   */
  async openPreview(): Promise<void> {
    await this.#permissions.watch();
    const { microphone, camera, releaseMuted } = this.#preferences;
    const quietly = !microphone && !releaseMuted && this.#permissions.of('microphone') === 'granted';
    if (!microphone) this.#inputs.microphone.mute();
    const wanted = { microphone: microphone || quietly, camera };
    await this.#inputs.turnOn(INPUTS.filter((input) => wanted[input]));
  }

  async toggleMicrophone(): Promise<void> {
    const on = this.microphone === 'off' || this.microphone === 'muted';
    this.#remember({ microphone: on });
    if (on) {
      this.#inputs.microphone.unmute();
      return await this.#inputs.turnOn(['microphone']);
    }
    if (this.microphone === 'on') this.#inputs.muteMicrophone(loadPreferences().releaseMuted ? 'release' : 'keep');
    else this.#inputs.turnOff('microphone');
    this.#onInputs();
  }

  async toggleCamera(): Promise<void> {
    this.#remember({ camera: this.camera === 'off' });
    if (this.camera === 'off') await this.#inputs.turnOn(['camera']);
    else this.#inputs.turnOff('camera');
  }

  /** To be called straight from a gesture: the browser's picker needs one. */
  async toggleScreen(): Promise<void> {
    if (this.screen !== 'off') {
      this.#screen.stop();
      this.#setScreen('off');
      return;
    }
    const starting = this.#screen.start();
    this.#setScreen('starting');
    const outcome = await starting;
    if (outcome !== 'on') this.#setScreen('off');
    const silent = Screen.offersAudio && this.screenAudioTrack === undefined;
    this.#say(screenNoticeOf(outcome, silent));
  }

  async chooseMicrophone(id: string): Promise<void> {
    await this.#choose('microphone', id);
  }

  async chooseCamera(id: string): Promise<void> {
    await this.#choose('camera', id);
  }

  /** Sends the microphone as the preferences now say: noise taken out, or original. Original sound is not touched. */
  async followSound(): Promise<void> {
    const { suppressNoise, originalSound } = loadPreferences();
    this.source.suppress(suppressNoise && !originalSound ? 'suppressed' : 'kept');
    await this.#inputs.setSound(originalSound ? 'original' : 'voice');
  }

  /** After a problem: asks again for what has one. */
  async retry(): Promise<void> {
    await this.#inputs.turnOn(INPUTS.filter((input) => this.#inputs.problem(input) !== undefined));
  }

  close(): void {
    this.#permissions.close();
    this.#choice.close();
    this.#inputs.close();
    this.#screen.stop();
  }

  async #choose(input: Input, id: string): Promise<void> {
    this.#choice.choose(input, id);
    await this.#inputs.choose(input, id);
    if (this.#inputs.problem(input)) await this.#inputs.turnOn([input]);
    this.#onInputs();
  }

  #onInputs(): void {
    const { microphone, camera } = this;
    const state = this.#inputs.state('microphone');
    const captured = state !== 'off' || this.#inputs.released;
    this.microphone = captured && this.source.muted ? 'muted' : state;
    this.camera = this.#inputs.state('camera');
    this.suppression = this.source.suppression;
    this.microphoneProblem = this.#inputs.problem('microphone');
    this.cameraProblem = this.#inputs.problem('camera');
    this.microphoneId = this.#inputs.deviceId('microphone');
    this.cameraId = this.#inputs.deviceId('camera');
    if (microphone !== this.microphone || camera !== this.camera) this.#events.onState();
  }

  #onInputTrack(input: Input, track: MediaStreamTrack | undefined): void {
    const field = `${input}Track` as const;
    if (this[field] === track) return;
    this[field] = track;
    this.#events.onTrack(input, track);
  }

  #onAnswer(input: Input, problem: DeviceProblem | undefined): void {
    if (problem === undefined) this.#permissions.learn(input, 'granted');
    else if (problem === 'denied') this.#permissions.learn(input, 'denied');
    this.permission = this.#permissions.together;
    // A grant fills the lists; a loss empties them.
    void this.#choice.refresh();
  }

  #onIncident(incident: Incident): void {
    if (incident.type === 'silenced') this.microphoneSilenced = incident.silenced;
    if (incident.type === 'substituted') void this.#findAgain(incident);
    else this.#say(noticeOf(incident, incident.type === 'kept' ? this.#choice.wish(incident.input).label : ''));
  }

  /** Another device than the remembered one was given: it may be here under a new id. If not, say so. */
  async #findAgain(incident: Incident & { type: 'substituted' }): Promise<void> {
    await this.#choice.refresh();
    const { input } = incident;
    const { id, label } = this.#choice.wish(input);
    const found = this.#choice.find(input);
    if (found === undefined) this.#say(noticeOf(incident, label));
    // Under its old id: then it was chosen against, in the prompt of Firefox.
    else if (found.id !== id) await this.#choose(input, found.id);
  }

  #onPermission(input: Input, permission: Permission): void {
    this.permission = this.#permissions.together;
    const problem = this.#inputs.problem(input);
    if (permission === 'granted' && (problem === 'denied' || problem === 'dismissed'))
      void this.#inputs.turnOn([input]);
  }

  #offer(input: Input, { id, label }: Device): void {
    if (id !== this.#inputs.deviceId(input)) this.#say(offerOf(input, label, () => void this.#choose(input, id)));
  }

  #offerFirst(input: Input, device: Device | undefined): void {
    if (this.#inputs.problem(input) !== 'missing') return;
    this.#say(offerOf(input, device?.label ?? '', () => void this.#inputs.turnOn([input])));
  }

  #onScreenTracks(video: MediaStreamTrack | undefined, audio: MediaStreamTrack | undefined): void {
    this.screenTrack = video;
    this.screenAudioTrack = audio;
    this.#events.onTrack('screen', video);
    this.#events.onTrack('screenAudio', audio);
    if (video) this.#setScreen('on');
  }

  #setScreen(screen: 'off' | 'starting' | 'on'): void {
    if (this.screen === screen) return;
    this.screen = screen;
    this.#events.onState();
  }

  #remember(change: Partial<Preferences>): void {
    this.#preferences = { ...this.#preferences, ...change };
    savePreferences(change);
  }

  #say(notice: NewNotice | undefined): void {
    if (notice) this.#events.onNotice(notice);
  }
}

/** Cut to `limit` UTF-16 units, as the protocol counts, and never through a surrogate pair. */
function atMost(text: string, limit: number): string {
  return text.slice(0, limit).replace(/[\uD800-\uDBFF]$/, '');
}
