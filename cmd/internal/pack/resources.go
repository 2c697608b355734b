package main

import (
	"bytes"
	"cmp"
	"image/png"
	"os"
	"strings"

	"github.com/tc-hib/winres"
	"github.com/tc-hib/winres/version"
	"golang.org/x/mod/semver"
)

// manifest says that the program wants no more rights than the person has, draws sharply
// at every scale and on every screen, and reads and writes UTF-8.
const manifest = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v1" manifestVersion="1.0" xmlns:asmv3="urn:schemas-microsoft-com:asm.v3">
  <trustInfo xmlns="urn:schemas-microsoft-com:asm.v3"><security><requestedPrivileges><requestedExecutionLevel level="asInvoker" uiAccess="false"/></requestedPrivileges></security></trustInfo>
  <compatibility xmlns="urn:schemas-microsoft-com:compatibility.v1"><application><supportedOS Id="{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}"/></application></compatibility>
  <asmv3:application><asmv3:windowsSettings>
    <dpiAware xmlns="http://schemas.microsoft.com/SMI/2005/WindowsSettings">true/pm</dpiAware>
    <dpiAwareness xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings">PerMonitorV2, PerMonitor</dpiAwareness>
    <longPathAware xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings">true</longPathAware>
    <activeCodePage xmlns="http://schemas.microsoft.com/SMI/2019/WindowsSettings">UTF-8</activeCodePage>
  </asmv3:windowsSettings></asmv3:application>
  <dependency><dependentAssembly><assemblyIdentity type="win32" name="Microsoft.Windows.Common-Controls" version="6.0.0.0" processorArchitecture="*" publicKeyToken="6595b64144ccf1df" language="*"/></dependentAssembly></dependency>
</assembly>
`

// english is the language of the version's texts: US English.
const english = 0x409

// resources puts icon, version and manifest into a Windows program.
func (r *release) resources(program, about, name string) error {
	icon, err := readIcon()
	if err != nil {
		return err
	}
	var all winres.ResourceSet
	// The first is what Explorer shows, the second what the window shows.
	for _, id := range []winres.Identifier{winres.ID(1), winres.Name("GLFW_ICON")} {
		if err := all.SetIcon(id, icon); err != nil {
			return err
		}
	}
	if err := all.Set(winres.RT_MANIFEST, winres.ID(1), english, []byte(manifest)); err != nil {
		return err
	}
	info := version.Info{}
	four := fourNumbers(r.version)
	info.SetFileVersion(four)
	info.SetProductVersion(four)
	for key, value := range map[string]string{
		version.ProductName: "Linecheck", version.FileDescription: about, version.CompanyName: "Linecheck", version.InternalName: name,
		version.OriginalFilename: name + ".exe", version.FileVersion: r.version, version.ProductVersion: r.version,
		version.LegalCopyright: "Copyright " + r.when.UTC().Format("2006") + " Linecheck",
	} {
		if err := info.Set(english, key, value); err != nil {
			return err
		}
	}
	all.SetVersionInfo(info)
	source, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	var with bytes.Buffer
	if err := all.WriteToEXE(&with, bytes.NewReader(source), winres.ForceCheckSum()); err != nil {
		return err
	}
	return os.WriteFile(program, with.Bytes(), 0o755)
}

// fourNumbers is a version as Windows has them: four numbers.
func fourNumbers(v string) string {
	plain, _, _ := strings.Cut(strings.TrimPrefix(semver.Canonical("v"+v), "v"), "-")
	if plain == "" {
		plain = "0.0.0"
	}
	return plain + ".0"
}

// readIcon is the program's icon in the sizes that Windows asks for.
func readIcon() (*winres.Icon, error) {
	f, err := os.Open("assets/icons/linecheck.png")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	picture, err := png.Decode(f)
	if err != nil {
		return nil, err
	}
	return winres.NewIconFromResizedImage(picture, []int{256, 64, 48, 40, 32, 24, 20, 16})
}

func writeIcon(to string) error {
	icon, err := readIcon()
	if err != nil {
		return err
	}
	f, err := os.Create(to)
	if err != nil {
		return err
	}
	return cmp.Or(icon.SaveICO(f), f.Close())
}
