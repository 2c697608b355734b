package door

import (
	"net/http"
	"runtime"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"linecheck/cmd/internal/buildinfo"
	"linecheck/cmd/linecheck-recruiter/internal/refusal"
)

// Metrics counts what the server does, for Prometheus. Make it with [NewMetrics]. Its methods may be called from any goroutine.
type Metrics struct {
	registry                               *prometheus.Registry
	requests, reports, deliveries, refused *prometheus.CounterVec
	seconds                                *prometheus.HistogramVec
	open                                   prometheus.Gauge
}

// NewMetrics is a set of counts of its own, all zero.
func NewMetrics() *Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	m := &Metrics{
		registry:   prometheus.NewRegistry(),
		requests:   counter("linecheck_requests_total", "Requests by the pattern they were served under and the class of their status.", "route", "status"),
		reports:    counter("linecheck_reports_total", "Reports that came, by what became of them: received, or the code of the refusal.", "result"),
		deliveries: counter("linecheck_webhook_deliveries_total", "Tries to deliver an event to a webhook, by what came of them.", "outcome"),
		refused:    counter("linecheck_connections_refused_total", "Connections closed at once, by whose bound was reached.", "bound"),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "linecheck_request_seconds", Help: "Time from a request's head to the end of its handler.",
			Buckets: []float64{.001, .005, .025, .1, .25, .5, 1, 2.5, 10, 60},
		}, []string{"route"}),
		open: prometheus.NewGauge(prometheus.GaugeOpts{Name: "linecheck_connections_open", Help: "Connections that are open."}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "linecheck_build_info", Help: "Always 1; which program this is.",
		ConstLabels: prometheus.Labels{"version": buildinfo.Version(), "go": runtime.Version()},
	})
	build.Set(1)
	m.registry.MustRegister(m.requests, m.reports, m.deliveries, m.refused, m.seconds, m.open, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.reports.WithLabelValues(received) // so that it is told before the first one comes
	return m
}

// Handler serves the counts. They tell how busy an organisation is, so that they belong
// on a listener of their own which the public does not reach, and never on the server's.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Measuring has the open measuring sessions and the speed tests that run told too. It is to be called once.
func (m *Metrics) Measuring(sessions, tests func() int) {
	gauge := func(name, help string, f func() int) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return float64(f()) })
	}
	m.registry.MustRegister(
		gauge("linecheck_sessions_open", "Measuring sessions that are open.", sessions),
		gauge("linecheck_speed_tests_running", "Speed tests that run now.", tests))
}

// Report counts a report that came: err is what became of it, nil that it was taken in.
func (m *Metrics) Report(err error) {
	result := received
	if err != nil {
		no, ok := refusal.Of(err)
		if !ok {
			no = refusal.Failed()
		}
		result = no.Code
	}
	m.reports.WithLabelValues(result).Inc()
}

// Delivery counts a try to deliver an event to a webhook, by what came of it in one word.
func (m *Metrics) Delivery(outcome string) { m.deliveries.WithLabelValues(outcome).Inc() }

// received is what became of a report that was taken in.
const received = "received"
