package invites_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"linecheck/assets"
	"linecheck/cmd/linecheck-recruiter/internal/invites"
	"linecheck/cmd/linecheck-recruiter/internal/keys"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
	"linecheck/report/envelope"
	"linecheck/report/exchange"
	"linecheck/report/policy"
	"linecheck/report/verify"
)

const origin = "https://jobs.example"

// office is an organisation with keys and a database of its own.
type office struct {
	keys  *keys.Folder
	store *store.Tenant
	desk  *invites.Desk
}

func newOffice(t testing.TB) office {
	t.Helper()
	k, err := keys.Create(t.TempDir(), "Example Ltd", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := k.AddOrigin(origin, time.Now()); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s, err := db.Tenant(t.Context(), trust(t, k).Value().Tenant)
	if err != nil {
		t.Fatal(err)
	}
	return office{k, s, invites.NewDesk(k, s, origin, "")}
}

func trust(t testing.TB, k *keys.Folder) verify.Trust {
	t.Helper()
	tr, err := k.Trust()
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func wish() invites.Wish {
	return invites.Wish{Applicant: "A-17", Role: "agent", Region: "EU", Life: time.Hour, Runs: 3}
}

// opened is a sealed invite, verified as the applicant's program does.
func (o office) opened(t *testing.T, sealed []byte, at time.Time) report.Invite {
	t.Helper()
	e, err := envelope.Parse(sealed)
	if err != nil {
		t.Fatal(err)
	}
	inv, _, err := verify.Invite(trust(t, o.keys), e, at)
	if err != nil {
		t.Fatal(err)
	}
	return inv.Value()
}

func TestIssue(t *testing.T) {
	o, now := newOffice(t), time.Now()
	w := wish()
	w.Name, w.Language, w.LegalName, w.Voice = "María Ñandú", "es", true, true
	needs("1.4.0", "https://jobs.example/linecheck")(&w)
	list, err := o.desk.Issue(t.Context(), []invites.Wish{w, wish()}, now)
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	i := list[0]
	kept, err := o.store.InviteOf(t.Context(), exchange.CodeDigest(i.Code))
	if err != nil {
		t.Fatal(err)
	}
	inv := o.opened(t, kept.Sealed, now)
	if inv.ID != i.ID || inv.Nonce != i.Nonce || inv.Applicant != "A-17" || inv.Runs != 3 || !inv.LegalName || !inv.VoiceSample || inv.ProbePin != "" ||
		!inv.NotAfter.Equal(i.Ends) || !i.Ends.Equal(now.UTC().Truncate(time.Second).Add(time.Hour)) || inv.Origin != origin {
		t.Errorf("%+v", inv)
	}
	if built, _ := assets.Policy("customer-service"); inv.Policy != string(built) {
		t.Error("another policy than the built-in one")
	}
	if inv.Program == nil || *inv.Program != *w.Program {
		t.Errorf("of the program it asks %+v", inv.Program)
	}
	if second, err := o.store.InviteOf(t.Context(), exchange.CodeDigest(list[1].Code)); err != nil || o.opened(t, second.Sealed, now).Program != nil {
		t.Errorf("it asks something of the program, unasked (%v)", err)
	}
	if i.Web != origin+"/i/"+i.Code || i.Typed != exchange.InviteAddress(origin, i.Code) || i.From != "Example Ltd" {
		t.Errorf("%s %s", i.Web, i.Typed)
	}
	if list[1].ID == i.ID || list[1].Code == i.Code || list[1].Nonce == i.Nonce {
		t.Error("two invites share what is to be their own")
	}
	if len(i.Sealed)+len(list[1].Sealed) != 0 || kept.Name != w.Name || kept.Language != "es" || kept.Policy != policy.Digest([]byte(inv.Policy)) || kept.Code == i.Code {
		t.Errorf("%+v %v", kept.Invite, err)
	}
	if strings.Contains(fmt.Sprint(inv), "María") {
		t.Error("the name is in the invite")
	}
	alone, err := o.desk.Issue(t.Context(), []invites.Wish{w}, now)
	if err != nil || o.opened(t, alone[0].Sealed, now).ID != alone[0].ID || alone[0].Link() != exchange.ShortLink(origin, alone[0].Code, "") {
		t.Errorf("one alone: %v", err)
	}
}

// The pin is in the invite, and without a store it has no code.
func TestIssueWithoutStore(t *testing.T) {
	o := newOffice(t)
	pin := "sha256:" + strings.Repeat("0", 64)
	list, err := invites.NewDesk(o.keys, nil, origin, pin).Issue(t.Context(), []invites.Wish{wish()}, time.Now())
	if err != nil || o.opened(t, list[0].Sealed, time.Now()).ProbePin != pin || list[0].Code+list[0].Web+list[0].Typed != "" {
		t.Errorf("%+v %v", list, err)
	}
}

// needs asks for a program of that version, to be had there.
func needs(version, link string) func(*invites.Wish) {
	return func(w *invites.Wish) { w.Program = &report.NeededProgram{AtLeast: version, Link: link} }
}

func TestWhatIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		bend  func(*invites.Wish)
		field string
		says  string
	}{
		"no applicant":          {func(w *invites.Wish) { w.Applicant = " " }, "applicant", "1 to 200 characters"},
		"long applicant":        {func(w *invites.Wish) { w.Applicant = strings.Repeat("a", 201) }, "applicant", "1 to 200 characters"},
		"no role":               {func(w *invites.Wish) { w.Role = "" }, "role", "1 to 200 characters"},
		"no region":             {func(w *invites.Wish) { w.Region = "" }, "region", "1 to 200 characters"},
		"long name":             {func(w *invites.Wish) { w.Name = strings.Repeat("ä", 201) }, "name", "at most 200"},
		"NUL":                   {func(w *invites.Wish) { w.Name = "a\x00" }, "name", "U+0000"},
		"a line break":          {func(w *invites.Wish) { w.Applicant = "a\nb" }, "applicant", "U+000A) as character 2"},
		"an escape":             {func(w *invites.Wish) { w.Role = "\x1b[2J" }, "role", "U+001B"},
		"a paragraph":           {func(w *invites.Wish) { w.Role = "a\u2029b" }, "role", "U+2029"},
		"turned around":         {func(w *invites.Wish) { w.Name = "gpj.\u202eexe" }, "name", "direction of writing (U+202E) as character 5"},
		"an isolate":            {func(w *invites.Wish) { w.Region = "\u2067x" }, "region", "U+2067"},
		"a mark":                {func(w *invites.Wish) { w.Applicant = "A-1\u200f" }, "applicant", "U+200F"},
		"not UTF-8":             {func(w *invites.Wish) { w.Name = "M\xe4rz" }, "name", "not UTF-8"},
		"an odd language":       {func(w *invites.Wish) { w.Language = "klingon" }, "language", "none of en, de"},
		"no runs":               {func(w *invites.Wish) { w.Runs = 0 }, "runs", "1 to 100"},
		"many runs":             {func(w *invites.Wish) { w.Runs = 101 }, "runs", "1 to 100"},
		"no time":               {func(w *invites.Wish) { w.Life = 0 }, "expires", "in the future"},
		"a long time":           {func(w *invites.Wish) { w.Life = 367 * 24 * time.Hour }, "expires", "within a year"},
		"no version":            {needs("", "https://jobs.example/"), "program", "not a version like 1.4.0"},
		"a version in short":    {needs("1.4", "https://jobs.example/"), "program", "not a version like 1.4.0"},
		"no link":               {needs("1.4.0", ""), "program-link", "not an address like https"},
		"a link without TLS":    {needs("1.4.0", "http://jobs.example/"), "program-link", "not an address like https"},
		"a policy that is none": {func(w *invites.Wish) { w.PolicyText = []byte("{}") }, "policy", "not a usable policy"},
	} {
		o, bad := newOffice(t), wish()
		c.bend(&bad)
		_, err := o.desk.Issue(t.Context(), []invites.Wish{wish(), bad, wish()}, time.Now())
		var p *invites.Problem
		if !errors.As(err, &p) || p.Line != 2 || p.Field != c.field || !strings.Contains(p.Text, c.says) || !strings.HasPrefix(err.Error(), "line 2: "+c.field+" ") {
			t.Errorf("%s: %v", name, err)
		}
		if err := bad.Check(); err == nil || strings.HasPrefix(err.Error(), "line") {
			t.Errorf("%s: a wish alone has a line: %v", name, err)
		}
	}
	good := wish()
	good.Name = "محمد क्\u200dष Ω" // scripts that are written the other way, and joiners, are no trick
	good.Applicant = strings.Repeat("字", 200)
	if err := good.Check(); err != nil {
		t.Error(err)
	}
}

// Where one invite cannot be kept, none is.
func TestAllOrNone(t *testing.T) {
	o := newOffice(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if list, err := o.desk.Issue(ctx, []invites.Wish{wish()}, time.Now()); !errors.Is(err, context.Canceled) || list != nil {
		t.Error(list, err)
	}
	if list, err := o.desk.Issue(t.Context(), nil, time.Now()); err != nil || len(list) != 0 {
		t.Error(list, err)
	}
	if err := o.store.Close(); err != nil {
		t.Fatal(err)
	}
	if list, err := o.desk.Issue(t.Context(), []invites.Wish{wish()}, time.Now()); err == nil || list != nil {
		t.Error(list, err)
	}
}

// An invite that nobody would believe is not issued.
func TestKeysThatCountNoLonger(t *testing.T) {
	o := newOffice(t)
	if _, err := o.desk.Issue(t.Context(), []invites.Wish{wish()}, time.Now().Add(2*keys.Life)); !errors.Is(err, verify.ErrKeyTime) {
		t.Error(err)
	}
	if _, err := invites.NewDesk(o.keys, o.store, "https://other.example", "").Issue(t.Context(), []invites.Wish{wish()}, time.Now()); !errors.Is(err, invites.ErrOrigin) {
		t.Error(err)
	}
}

func TestParseLife(t *testing.T) {
	for s, want := range map[string]time.Duration{"14d": 14 * 24 * time.Hour, "36h": 36 * time.Hour, "366d": 366 * 24 * time.Hour, "90m": 90 * time.Minute} {
		if d, err := invites.ParseLife(s); d != want || err != nil {
			t.Errorf("%s: %v %v", s, d, err)
		}
	}
	for _, s := range []string{"", "d", "0d", "-1d", "367d", "99999999999999999999d", "4611686018427387904d", "1.5d", "soon", "14 d", "9000h", "-1h"} {
		if d, err := invites.ParseLife(s); err == nil {
			t.Errorf("%q: %v", s, d)
		}
	}
}

// Ten thousand at once take seconds, and no more memory than a few of them.
func TestTenThousand(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	o, now := newOffice(t), time.Now()
	wishes := make([]invites.Wish, invites.MaxRows)
	for i := range wishes {
		wishes[i] = wish()
		wishes[i].Applicant = fmt.Sprint("A-", i)
	}
	peak := mostMemory()
	list, err := o.desk.Issue(t.Context(), wishes, now)
	if err != nil || len(list) != invites.MaxRows {
		t.Fatal(len(list), err)
	}
	took, most := time.Since(now), peak()
	t.Logf("%d invites in %.1f s, with %d MB at most", len(list), took.Seconds(), most>>20)
	if took > time.Minute || most > 150<<20 {
		t.Errorf("%v, %d MB", took, most>>20)
	}
	for _, i := range []invites.Issued{list[0], list[64], list[len(list)-1]} {
		kept, err := o.store.InviteOf(t.Context(), exchange.CodeDigest(i.Code))
		if err != nil || kept.Applicant != i.Applicant || o.opened(t, kept.Sealed, now).Applicant != i.Applicant {
			t.Error(kept.Invite, err)
		}
	}
}

// mostMemory watches how many bytes of memory Go holds, until the function it returns is called, which says how many that were at most.
func mostMemory() (peak func() uint64) {
	end, most := make(chan struct{}), make(chan uint64)
	go func() {
		var top uint64
		for tick := time.NewTicker(5 * time.Millisecond); ; {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			top = max(top, m.HeapInuse+m.StackInuse)
			select {
			case <-tick.C:
			case <-end:
				most <- top
				return
			}
		}
	}()
	return func() uint64 { close(end); return <-most }
}
