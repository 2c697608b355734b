// Package virtual is sound cards without hardware: a private PulseAudio in a
// folder of its own, whose cards a program under test sees instead of the
// computer's. Tests and the demonstration use it. It needs the Debian packages
// pulseaudio, pulseaudio-utils and libasound2-plugins, and works on Linux
// alone; elsewhere [Start] says so. Nothing of the measuring comes in here:
// what a test expects must not be made by the code it tests.
package virtual
