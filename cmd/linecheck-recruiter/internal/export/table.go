package export

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/sheet"
	"linecheck/report"
	"linecheck/report/policy"
)

// table writes rows for a spreadsheet: columns that do not change, then for each
// measurement of the contract its number and who measured it, then what else was measured in one cell.
type table struct {
	out   *sheet.Writer
	begun bool
}

func newTable(w io.Writer) *table { return &table{out: sheet.NewWriter(w)} }

// before are the columns before the measurements, and after those behind them.
func before() []string {
	return []string{
		"report", "look-up code", "received (UTC)", "invite", "applicant", "name", "signature", "role", "region", "verdict", "observed",
		"decision", "decided by", "decided (UTC)", "note", "valid until", "valid", "run", "runs", "program", "version", "os", "arch",
		"error", "below minimum", "below recommended", "inconclusive",
	}
}

func after() []string { return []string{"other measurements"} }

// metrics are the measurements that have columns. A new one comes at the end, so that nobody's columns move.
func metrics() []string {
	return []string{
		"internet.download.mbps", "internet.upload.mbps", "internet.latency.idle.ms", "internet.latency.download.ms", "internet.latency.upload.ms",
		"internet.jitter.ms", "internet.loss.ratio", "internet.moved.download.bytes", "internet.moved.upload.bytes", "network.dns.ms",
		"audio.output.echo.db", "audio.output.left.heard", "audio.output.right.heard",
		"audio.microphone.speech.dbfs", "audio.microphone.noise.dbfs", "audio.microphone.snr.db", "audio.microphone.clipped.ratio",
		"audio.microphone.bandwidth.hz", "audio.microphone.zeros.ratio",
		"machine.cpu.cores.physical", "machine.cpu.cores.logical", "machine.cpu.load.ratio", "machine.cpu.score.single", "machine.cpu.score.all",
		"machine.cpu.late.p99.ms", "machine.cpu.missed.ratio", "machine.memory.total.bytes", "machine.memory.available.bytes", "machine.disk.free.bytes",
		"webrtc.connect.direct.ms", "webrtc.connect.turn-udp.ms", "webrtc.connect.turn-tcp.ms", "webrtc.connect.turn-tls.ms",
		"webrtc.rtt.ms", "webrtc.jitter.ms", "webrtc.loss.ratio", "webrtc.loss.ratio.up", "webrtc.loss.ratio.down", "webrtc.mos", "webrtc.mos.loaded",
	}
}

// fact is a fact that has a column.
type fact struct{ check, key string }

func facts() []fact {
	list := []fact{{"audio.output", "kind"}, {"webrtc.connect", "nat"}}
	for _, key := range []string{"link", "vpn", "proxy", "captive", "ipv6", "dns", "nat"} {
		list = append(list, fact{"network.path", key})
	}
	return list
}

// head names the columns.
func head() []string {
	cells := before()
	for _, key := range metrics() {
		cells = append(cells, key, key+" by")
	}
	for _, f := range facts() {
		cells = append(cells, f.check+" "+f.key)
	}
	return append(cells, after()...)
}

func (t *table) begin() error {
	if t.begun {
		return nil
	}
	t.begun = true
	return t.out.Write(head()...)
}

func (t *table) write(r Row) error {
	if err := t.begin(); err != nil {
		return err
	}
	return t.out.Write(cellsOf(r)...)
}

// flush ends the table, which has its head even where there is no report.
func (t *table) flush() error {
	if err := t.begin(); err != nil {
		return err
	}
	return t.out.Flush()
}

func cellsOf(r Row) []string {
	var d Decision
	if r.Decision != nil {
		d = *r.Decision
	}
	var p report.Program
	if r.Program != nil {
		p = *r.Program
	}
	cells := []string{
		r.Digest, r.Code, moment(r.Received), r.Invite, r.Applicant, r.Name, r.Signature, r.Role, r.Region, string(r.Verdict), report.YesNo(r.Observed),
		string(d.Kind), d.Person, moment(d.Time), d.Note, date(r.ValidUntil), report.YesNo(r.Valid), count(r.Run), count(r.Runs), p.Name, p.Version, p.OS, p.Arch,
		r.Error, missed(r.Rules, report.NotReady), missed(r.Rules, report.ReadyWithWarnings), missed(r.Rules, report.Inconclusive),
	}
	measured, other := map[string]report.Metric{}, []string(nil)
	found := map[fact]string{}
	columns := metrics()
	for _, e := range r.Evidence {
		for _, m := range e.Metrics {
			if !slices.Contains(columns, m.Key) {
				other = append(other, fmt.Sprintf("%s %s %s by %s", m.Key, m.Value, m.Unit, m.Origin))
				continue
			}
			measured[m.Key] = m
		}
		for key, v := range e.Facts {
			found[fact{e.Check, key}] = v
		}
	}
	for _, key := range columns {
		if m, ok := measured[key]; ok {
			cells = append(cells, m.Value.String(), string(m.Origin))
		} else {
			cells = append(cells, "", "") // unknown is not zero
		}
	}
	for _, f := range facts() {
		cells = append(cells, found[f])
	}
	return append(cells, strings.Join(other, "; "))
}

// missed are the rules that came out so: what was measured, and what was asked for.
func missed(rules []policy.RuleResult, v report.Verdict) string {
	var list []string
	for _, r := range rules {
		if r.Verdict != v {
			continue
		}
		family, _, _ := strings.Cut(r.Check, ".")
		text := r.Key
		if !strings.HasPrefix(r.Key, family+".") { // a fact, which is named within its check
			text = r.Check + " " + r.Key
		}
		for _, more := range []string{r.Value, r.Unit} {
			if more != "" {
				text += " " + more
			}
		}
		asked := r.Recommended
		if v != report.ReadyWithWarnings && r.Minimum != "" {
			asked = r.Minimum
		}
		list = append(list, fmt.Sprintf("%s (asked for: %s)", text, asked))
	}
	return strings.Join(list, "; ")
}

// moment and date are times that spreadsheet programs take for such.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateTime)
}

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
