// Package portaudio is the serving side of the audio helper: the process that
// holds the sound library and may be killed at any moment. It is the only place
// beside the window where C comes in; built without cgo it says so and serves
// nothing. It never decides what to play or what a recording means.
package portaudio
