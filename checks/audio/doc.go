// Package audio is the room of the two sound checks: what the applicant hears
// with ([NewOutput]) and speaks into ([NewMicrophone]). It asks the folder device
// to play and record, and the folder analysis what the samples say, and records
// that as evidence. No sound library, device name, window or verdict comes in here.
package audio
