package portaudio

import (
	"slices"
	"time"

	"linecheck/checks/audio/device/protocol"
)

// engine is the sound library, started. The tests have another one.
type engine interface {
	// devices lists what there is.
	devices() ([]protocol.Device, error)
	// open prepares a stream in the direction that p says; it does not move yet.
	open(p params) (stream, error)
	// close ends the library.
	close()
}

// stream is one opened device. Its functions are called by the library's own thread.
type stream interface {
	start() error
	// close stops at once and throws away what is still buffered.
	close()
}

// params is one way to open a device.
type params struct {
	device   protocol.Device
	rate     int
	channels int
	// Exactly one of record and play is set. Both get interleaved frames that are
	// valid during the call only; broken says that the library knows of a gap.
	record func(in []float32, broken bool)
	play   func(out []float32, broken bool)
}

const (
	// preferredRate is asked for first: it is what browsers' calls use.
	preferredRate = 48000
	// buffer is the least that is asked for: below 200 ms, a busy machine was seen to lose sound without a word.
	buffer = 200 * time.Millisecond
	// callsPerSecond is how often a stream wants to be served.
	callsPerSecond = 50
	// mostChannels bounds what is asked of a device that refuses one and two channels.
	mostChannels = 8
)

// ways are the ways to open a device in the order to try them: some systems
// take any rate and channel count, some only the device's own.
func ways(d protocol.Device, most, wanted int) []params {
	rates := []int{preferredRate}
	if own := int(d.Rate + 0.5); own != preferredRate && own >= 8000 && own <= 192000 {
		rates = append(rates, own)
	}
	counts := []int{min(wanted, most)}
	for _, n := range []int{2, most, 1} {
		if n <= most && n <= mostChannels && !slices.Contains(counts, n) {
			counts = append(counts, n)
		}
	}
	var all []params
	for _, n := range counts {
		for _, r := range rates {
			all = append(all, params{device: d, rate: r, channels: n})
		}
	}
	return all
}
