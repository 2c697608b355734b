package pdf_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"linecheck/report"
	"linecheck/report/advice"
	"linecheck/report/bundle"
	"linecheck/report/render/pdf"
)

// cases are reports as they come, by name.
func cases(t testing.TB) map[string]*tale {
	t.Helper()
	long := "Wolfeschlegelsteinhausenbergerdorff-Ñandúguaçú "
	without := goodTale(t)
	without.noReceipt = true
	return map[string]*tale{
		"ready":    goodTale(t),
		"warnings": goodTale(t).set("machine.cpu.cores.logical", 2).set("internet.download.mbps", 12),
		"not-ready": goodTale(t).set("internet.download.mbps", 4.2).set("internet.upload.mbps", 0.8).set("internet.latency.idle.ms", 420).set("internet.jitter.ms", 160).
			set("audio.microphone.noise.dbfs", -22).set("audio.microphone.snr.db", 4).set("machine.cpu.cores.logical", 1).set("machine.memory.total.bytes", 2e9).
			set("webrtc.mos", 2.4).set("webrtc.loss.ratio", 0.08).fail("audio.output", "audio.output.none", report.FaultYou),
		"inconclusive": goodTale(t).fail("webrtc.connect", "webrtc.dns", report.FaultNetwork).fail("webrtc.media", "webrtc.dns", report.FaultNetwork).fail("internet.speed", "internet.dns", report.FaultNetwork),
		"long":         goodTale(t).names(strings.Repeat(long, 2), strings.Repeat("REF-", 40), strings.Repeat("Customer care ", 9), strings.Repeat("Lower Saxony ", 12)),
		"hindi":        goodTale(t).names("श्रीमती प्रियंका कृष्णमूर्ति", "संदर्भ-१७", "ग्राहक सेवा", "उत्तर प्रदेश"),
		"arabic":       goodTale(t).names("محمد بن عبد الله (Mohammed) 17", "مرجع-١٧", "خدمة العملاء", "القاهرة"),
		"chinese":      goodTale(t).names("欧阳娜娜", "编号-17", "客户服务", "上海"),
		"cyrillic":     goodTale(t).names("Александра Ивановна Щербакова", "Α-17 Ωμέγα", "Клиентский сервис", "Łódź"),
		"korean":       goodTale(t).names("김민준 / 山田太郎 / เสรี 😀", "𝔸-17", "A\u202eB", "Z̸̧͓͊ä̶l̵̥̈́g̷͔̊ȏ̴"),
		"no-receipt":   without,
	}
}

// LINECHECK_PDF names a folder for the documents, to be looked at by eye.
func TestLook(t *testing.T) {
	dir := os.Getenv("LINECHECK_PDF")
	if dir == "" {
		t.Skip("LINECHECK_PDF names no folder for the documents")
	}
	for name, x := range cases(t) {
		if err := os.WriteFile(filepath.Join(dir, name+".pdf"), draw(t, x), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSameBundleSameBytes(t *testing.T) {
	for _, name := range []string{"not-ready", "arabic"} {
		first := draw(t, cases(t)[name])
		for range 5 {
			if !bytes.Equal(first, draw(t, cases(t)[name])) {
				t.Fatalf("%s: drawn twice, and not the same", name)
			}
		}
	}
}

func TestTheAttachmentIsTheBundle(t *testing.T) {
	for name, x := range cases(t) {
		b := x.tell(t)
		got, err := bundle.Parse(draw(t, x))
		if err != nil || !cmp.Equal(got, b) {
			t.Errorf("%s: %v\n%s", name, err, cmp.Diff(b, got))
		}
	}
}

// A change of the drawing must raise the constant layout: verifiers compare drawings.
func TestLayoutIsNumbered(t *testing.T) {
	const golden = "81b5a770f5695e09228db6bea31743e3d95437638552ab523d83ccc2e184186d"
	v := view(t)
	words := advice.Catalogue{Language: "en", Names: map[string]string{"pdf.page": "{n}/{all}"}, Codes: map[string]advice.Advice{}}
	v.Words = &words
	x := cases(t)["hindi"]
	x.invite.Policy = `{"schema":"linecheck.policy/1","id":"p","version":1,"rules":[{"id":"up","check":"internet.speed","metric":"internet.upload.mbps","at_least":{"minimum":300},"finding":"internet.upload.slow","fault":"network","source":"s"}]}`
	data, err := pdf.Render(x.tell(t), v)
	if err != nil {
		t.Fatal(err)
	}
	end := bytes.LastIndex(data, []byte("%linecheck-pages"))
	sum := sha256.Sum256(data[:end])
	if got := hex.EncodeToString(sum[:]); got != golden {
		t.Errorf("the drawing is another one (%s): raise the constant layout, and put the new digest here", got)
	}
}

func TestRenderRefuses(t *testing.T) {
	v := view(t)
	self := goodTale(t)
	self.noInvite = true
	if _, err := pdf.Render(self.tell(t), v); err == nil {
		t.Error("a self-check was drawn without a policy")
	}
	v.Policy = []byte(self.invite.Policy)
	if data, err := pdf.Render(self.tell(t), v); err != nil || len(data) < 1000 {
		t.Errorf("a self-check with its policy: %v", err)
	}
	b := goodTale(t).tell(t)
	b.Report.Payload = b.Report.Payload[:len(b.Report.Payload)-8]
	if _, err := pdf.Render(b, v); err == nil {
		t.Error("a broken report was drawn")
	}
}

// A bundle as large and strange as it may be is drawn within bounds.
func TestRenderIsBounded(t *testing.T) {
	x := goodTale(t)
	for i := range 30 {
		e := evidence("x.y", none())
		for range 25 {
			e.Metrics = append(e.Metrics, metric("internet.upload.mbps", float64(i), strings.Repeat("ग", 30), report.Client))
		}
		x.report.Evidence = append(x.report.Evidence, e)
	}
	data := draw(t, x)
	if len(data) > bundle.MaxCoat {
		t.Errorf("%d bytes", len(data))
	}
	t.Logf("%d bytes", len(data))
}

// tool skips a test whose tool is not there.
func tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed (Debian: qpdf, poppler-utils)", name)
	}
	return path
}

func run(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(tool(t, name), args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

func file(t testing.TB, data []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "report.pdf")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
