// Package rooms makes recordings of rooms that do not exist: what a microphone
// hears of a loudspeaker or of leaking headphones, through walls and noise, from
// cards whose clocks differ, with gain control and noise suppression in between. Only
// tests and benchmarks import it; no judgment and no device comes in here.
package rooms
