package audio

import (
	"math"
	"strconv"
	"time"

	"linecheck/checks"
	"linecheck/checks/audio/analysis"
	"linecheck/checks/audio/device"
	"linecheck/report"
)

// recording is what the microphone check recorded.
type recording struct {
	samples []float32
	rate    int
	// asked: somebody was asked to be quiet for the first part and to speak in the second.
	asked bool
}

// measure records what the samples say; what they do not say stays absent.
func (r recording) measure(rec *checks.Recorder) {
	x := r.samples
	if len(x) == 0 {
		return
	}
	zeros := analysis.Zeros(x)
	rec.Metric("audio.microphone.zeros.ratio", zeros, "ratio", len(x))
	if zeros == 1 {
		return
	}
	rec.Metric("audio.microphone.clipped.ratio", analysis.Clipped(x), "ratio", len(x))
	rec.Metric("audio.microphone.offset.ratio", analysis.DC(x), "ratio", len(x))
	rec.Metric("audio.microphone.dropouts.ratio", min(1, analysis.DropOuts(x, r.rate).Seconds*float64(r.rate)/float64(len(x))), "ratio", len(x))
	r.listenToRoom(rec)
	noise := r.noise(rec)
	frames, spoken := analysis.ActiveSpeech(x, r.rate, noise)
	speech, loud := analysis.ActiveLevel(r.spoken(), r.rate, noise)
	if !spoken || !loud {
		if r.asked {
			rec.Fact("voice", report.YesNo(false))
		}
		return
	}
	all := len(r.spoken()) / analysis.FrameSize(r.rate)
	n := int(speech.Activity * float64(all))
	rec.Metric("audio.microphone.speech.dbfs", speech.Level, "dBFS", n)
	rec.Metric("audio.microphone.activity.ratio", speech.Activity, "ratio", all)
	rec.Metric("audio.microphone.snr.db", speech.Level-noise, "dB", n) // absent where the noise is unknown
	if hz, ok := analysis.Bandwidth(x, r.rate, frames); ok {
		rec.Metric("audio.microphone.bandwidth.hz", hz, "Hz", frames.Frames)
		rec.Fact("band", string(analysis.BandOf(hz)))
	}
	v := frames.Voice
	rec.Metric("audio.microphone.voiced.ratio", v.Voiced, "ratio", v.Pieces)
	rec.Fact("voice", report.YesNo(v.IsVoice()))
}

// noise records the noise of the room; negative infinity where it is unknown.
func (r recording) noise(rec *checks.Recorder) float64 {
	levels := analysis.Levels(r.room(), analysis.FrameSize(r.rate))
	quantile := 0.2
	if r.asked {
		quantile = 0.5
	}
	noise, known := analysis.NoiseFloor(levels, quantile)
	if !known {
		return math.Inf(-1)
	}
	rec.Metric("audio.microphone.noise.dbfs", noise, "dBFS", len(levels))
	return noise
}

// listenToRoom records what the room sounds like; only where somebody was asked to be quiet.
func (r recording) listenToRoom(rec *checks.Recorder) {
	if !r.asked {
		return
	}
	room, ok := analysis.RoomOf(r.room(), r.rate)
	if !ok {
		return
	}
	rec.Metric("audio.microphone.noise.a.dbfs", room.A, "dBFS", room.Spectra)
	if room.HumHz == 0 {
		rec.Fact("hum", "none")
		return
	}
	rec.Fact("hum", strconv.Itoa(room.HumHz))
	rec.Metric("audio.microphone.hum.dbfs", room.Hum, "dBFS", room.Spectra)
}

func (r recording) at(t time.Duration) int {
	return min(len(r.samples), int(t.Seconds()*float64(r.rate)))
}

// room is the part in which noise is looked for, spoken that in which speech is.
func (r recording) room() []float32 {
	if !r.asked {
		return r.samples
	}
	return r.samples[r.at(settleTime):r.at(quietTime)]
}

func (r recording) spoken() []float32 {
	if !r.asked {
		return r.samples
	}
	return r.samples[r.at(quietTime):]
}

// yes records a yes or no that the system tells; nil where it does not.
func yes(rec *checks.Recorder, key string, is *bool) {
	if is != nil {
		rec.Fact(key, report.YesNo(*is))
	}
}

// recordTimes records how evenly the sound came.
func recordTimes(rec *checks.Recorder, arrivals []analysis.Arrival, result device.Result) {
	if hz, ok := analysis.RealRate(arrivals); ok && result.InputRate > 0 {
		rec.Metric("audio.microphone.rate.error.ratio", math.Abs(hz/float64(result.InputRate)-1), "ratio", len(arrivals))
	}
	if len(arrivals) > 1 {
		rec.Metric("audio.microphone.wait.ms", 1000*analysis.LongestWait(arrivals), "ms", len(arrivals))
	}
}

// recordStream records what was lost, from which side the sound came, and what the system says.
func recordStream(rec *checks.Recorder, result device.Result) {
	yes(rec, "muted", result.Mixer.InputMuted)
	yes(rec, "forbidden", result.Mixer.InputForbidden)
	rec.Metric("audio.microphone.lost.ratio", lost(result), "ratio", int(result.Recorded))
	if s := result.Sides; s != nil && s.Left+s.Right > 0 {
		left := balance(*s)
		rec.Metric("audio.microphone.balance.db", math.Abs(left), "dB", int(result.Recorded))
		rec.Fact("louder", map[bool]string{true: "left", false: "right"}[left >= 0])
	}
}

// lost is the share of the recording that was lost on its way to this program.
func lost(r device.Result) float64 {
	return float64(r.Dropped) / float64(max(1, r.Recorded+r.Dropped))
}

// mostBalance bounds the balance of a recording of which one side is silent, in dB.
const mostBalance = 100

// balance is by how much the left side is louder than the right one, in dB.
func balance(s device.Sides) float64 {
	return max(-mostBalance, min(mostBalance, 10*math.Log10(s.Left/s.Right)))
}
