package analysis

// Arrival is when a piece of a recording had come, and how many samples there were by then.
type Arrival struct {
	Seconds float64
	Samples int
}

// startTime is left out at the beginning: what was buffered while a stream starts comes at once.
const startTime = 0.5

// RealRate is how many samples a second really came: the slope of a straight line
// through the arrivals (least squares), their first half second left out. ok is
// false for less than two seconds of them.
func RealRate(all []Arrival) (hz float64, ok bool) {
	for len(all) > 0 && all[0].Seconds < startTime {
		all = all[1:]
	}
	if len(all) < 10 || all[len(all)-1].Seconds-all[0].Seconds < 2 {
		return 0, false
	}
	var t, n float64
	for _, a := range all {
		t += a.Seconds
		n += float64(a.Samples)
	}
	t, n = t/float64(len(all)), n/float64(len(all))
	var tn, tt float64
	for _, a := range all {
		tn += (a.Seconds - t) * (float64(a.Samples) - n)
		tt += (a.Seconds - t) * (a.Seconds - t)
	}
	return tn / tt, true
}

// LongestWait is the longest time between two arrivals, in seconds; 0 for fewer than two.
func LongestWait(all []Arrival) (seconds float64) {
	for i := 1; i < len(all); i++ {
		seconds = max(seconds, all[i].Seconds-all[i-1].Seconds)
	}
	return seconds
}
