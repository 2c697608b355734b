// Package analysis is pure functions over recorded samples: level, clipping,
// noise, speech, bandwidth, and whether a recording holds the echo of what was
// played. Numbers in, numbers out: nothing of ours, no device, no clock and no
// judgment comes in here.
//
// Samples are 32-bit floats, 1 is full scale. Levels are in dBFS where the RMS of
// a full-scale square wave is 0 (so a full-scale sine is -3.01). What has no level,
// as digital silence, is negative infinity.
package analysis
