package internet

import (
	"context"
	"net/http"
	"time"

	"linecheck/checks"
	"linecheck/checks/internal/metered"
	"linecheck/report"
	"linecheck/report/envelope"
	"linecheck/report/exchange"
)

// Check is the id of the check, and of the probe's observation of it.
const Check = "internet.speed"

// Revision counts changes of the method.
const Revision = 3

// What a test costs at most, unless the [Config] says otherwise.
const (
	// DefaultLength is how long each direction moves bytes.
	DefaultLength = 3200 * time.Millisecond
	// DefaultMaxBytes is what both directions may move together, with everything on top.
	DefaultMaxBytes = 300_000_000
	// MeteredMaxBytes is the same on a connection on which every byte counts.
	MeteredMaxBytes = 60_000_000
	// MaxSeconds is how long a test may take, in seconds, once it has a place at the probe.
	MaxSeconds = 30
	// Fresh is how long a result may be reused when an interrupted run goes on.
	Fresh = 15 * time.Minute
)

// The shares of the byte budget that the two directions may move as payload.
// The rest is for what comes on top: TLS, TCP and IP headers, latency samples.
const (
	downShare = 0.50
	upShare   = 0.42
)

// minSpan is the shortest transfer that a speed is recorded of when it was not
// the byte budget that ended it: less says nothing of the line.
const minSpan = 500 * time.Millisecond

// Config is what the check needs from its caller.
type Config struct {
	// Far opens the measuring session with the recruiter's probe; nil measures
	// against a public server nearby.
	Far func(ctx context.Context) (*exchange.Session, error)
	// Open verifies the probe's sealed observation and reads it. It may be nil where Far is.
	Open func(envelope.Envelope) (report.Observation, error)
	// Quick, where given, ends each direction as soon as its bounds are decided.
	Quick *Bounds
	// Length is how long each direction moves bytes; 0 means [DefaultLength].
	Length time.Duration
	// MaxBytes bounds what the check moves, both directions together; 0 means
	// [DefaultMaxBytes], or [MeteredMaxBytes] where the system says that the connection is metered.
	MaxBytes int64
}

// Bounds are what the two directions are held to, in Mbit/s.
type Bounds struct{ Down, Up []float64 }

// Speed is the check internet.speed. Make it with [New].
type Speed struct {
	cfg    Config
	public func() *http.Transport
}

// New makes the check.
func New(cfg Config) *Speed {
	if cfg.Length <= 0 {
		cfg.Length = DefaultLength
	}
	if cfg.MaxBytes <= 0 {
		cfg.MaxBytes = DefaultMaxBytes
		if metered.Is() {
			cfg.MaxBytes = MeteredMaxBytes
		}
	}
	return &Speed{cfg: cfg, public: publicTransport}
}

// Spec says what the check needs.
func (c *Speed) Spec() checks.Spec {
	return checks.Spec{
		ID:       Check,
		Revision: Revision,
		Needs:    []checks.Resource{checks.Network, checks.CPU},
		Typical:  c.typical(),
		Timeout:  MaxSeconds*time.Second + queueMost,
		MaxBytes: c.cfg.MaxBytes,
		Fresh:    Fresh,
	}
}

func (c *Speed) typical() time.Duration {
	if c.cfg.Quick != nil {
		return 2*quickLength + 2*time.Second
	}
	return 2*c.cfg.Length + 3*time.Second
}

// Run measures latency, download and upload, in this order. What is known when
// it fails is kept.
func (c *Speed) Run(ctx context.Context, rec *checks.Recorder) error {
	r := &run{cfg: c.cfg, rec: rec}
	defer r.close()
	err := r.all(ctx, c.public)
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return r.problem(ctx, err)
}
