package analysis_test

import (
	"testing"

	"linecheck/checks/audio/analysis"
	"linecheck/checks/audio/internal/rooms"
	"linecheck/checks/audio/virtual"
)

// What the meter costs a second of sound: 20 levels. The floor is copying it.
func BenchmarkMeter(b *testing.B) {
	x := noise(-30, 1, 1)
	b.Run("levels", func(b *testing.B) {
		for b.Loop() {
			for from := 0; from < len(x); from += rate / 20 {
				analysis.RMS(x[from : from+rate/20])
			}
		}
	})
	b.Run("floor", func(b *testing.B) {
		to := make([]float32, len(x))
		for b.Loop() {
			copy(to, x)
		}
	})
}

// What the figures of eleven seconds cost after they were recorded.
func BenchmarkRecording(b *testing.B) {
	var x []float32
	for _, v := range virtual.Speech(rate, 11, -26).Samples {
		x = append(x, float32(v))
	}
	x = add(x, noise(-60, 11, 1))
	for name, f := range map[string]func(){
		"speech":    func() { analysis.ActiveSpeech(x, rate, -60) },
		"level":     func() { analysis.ActiveLevel(x, rate, -60) },
		"clipped":   func() { analysis.Clipped(x) },
		"dropouts":  func() { analysis.DropOuts(x, rate) },
		"room":      func() { analysis.RoomOf(x[:3*rate], rate) },
		"bandwidth": func() { s, _ := analysis.ActiveSpeech(x[:rate], rate, -60); analysis.Bandwidth(x[:rate], rate, s) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f()
			}
		})
	}
}

// How many of 3600 simulated rooms are told right, wrong and not at all.
func BenchmarkRooms(b *testing.B) {
	cases := rooms.Cases(3600)
	for b.Loop() {
		o := tell(cases)
		b.ReportMetric(float64(o.right), "right")
		b.ReportMetric(float64(o.answered-o.right), "wrong")
		b.ReportMetric(100*float64(o.untold)/float64(o.quiet), "%untold-in-quiet")
		b.ReportMetric(float64(len(cases)), "cases")
	}
}
