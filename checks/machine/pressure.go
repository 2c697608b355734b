package machine

// pressure is how short of memory a system is.
type pressure struct {
	// level is [calm], [tight] or [short].
	level string
	// stalled is the share of the last ten seconds in which some program waited for
	// memory, and all the share in which every one did; known on Linux alone.
	stalled, all float64
	known        bool
}

// The levels of pressure.
const (
	calm  = "no"
	tight = "some"
	short = "high"
)

// tightShare and shortShare are from which share on programs that wait for
// memory are felt: a tenth of the time for some of them, or for all of them.
const tightShare, shortShare = 0.1, 0.1

// stall judges the kernel's own figures.
func stall(some, full float64) pressure {
	p := pressure{level: calm, stalled: some, all: full, known: true}
	switch {
	case full >= shortShare:
		p.level = short
	case some >= tightShare:
		p.level = tight
	}
	return p
}

// possible says whether the figures can be true.
func (p pressure) possible() bool {
	return (p.level == calm || p.level == tight || p.level == short) && within(p.stalled, 0, 1) && within(p.all, 0, 1)
}
