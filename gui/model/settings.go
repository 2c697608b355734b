package model

// SettingsView lets the person choose language, colours and size, and says how to do without a window.
type SettingsView struct {
	Title string
	// LanguageTitle heads the languages, LookTitle the looks, SizeTitle the sizes.
	LanguageTitle, LookTitle, SizeTitle string
	Languages                           []PreferView
	Looks, Sizes                        []PreferView
	// Unchecked says that no native speaker has read the texts of the language in use; empty where one has.
	Unchecked string
	// TerminalTitle and Terminal say how the same check is run in a terminal, Command is what is typed there.
	TerminalTitle, Terminal, Command string
	// Program says what program this is.
	Program string
	// Licences leads to the licences of what is in it.
	Licences Button
	Done     Button
}

// LicencesView is a long text to read.
type LicencesView struct {
	Title, Lead, Text string
	Back              Button
}

// PreferView is one way to prefer it.
type PreferView struct {
	Label  string
	Chosen bool
	// Language is the code of the language that the label is written in; empty for the window's own.
	Language string
	Says     Msg
}

func (m *Model) settingsView() SettingsView {
	v := SettingsView{
		Title: m.say("gui.settings.title"), LanguageTitle: m.say("gui.settings.language"), LookTitle: m.say("gui.settings.look"), SizeTitle: m.say("gui.settings.size"),
		TerminalTitle: m.say("gui.settings.terminal"), Terminal: m.say("gui.settings.terminal.text"),
		Command: m.command(), Done: Button{m.say("gui.settings.done"), ShowSettings{}},
	}
	if p := m.offer.Program; p.Name != "" {
		v.Program = p.Name + " " + p.Version
	}
	if m.licences != "" {
		v.Licences = Button{m.say("gui.licences.title"), ShowLicences{true}}
	}
	prefer := func(change func(*Preferences)) Msg {
		p := m.prefs
		change(&p)
		return Prefer{p}
	}
	for _, l := range m.languages {
		chosen := l.Code == m.words.Tag()
		v.Languages = append(v.Languages, PreferView{l.Name, chosen, l.Code, prefer(func(p *Preferences) { p.Language = l.Code })})
		if chosen && !l.Checked {
			v.Unchecked = m.say("gui.settings.unchecked")
		}
	}
	for _, name := range []Look{LookSystem, LookLight, LookDark, LookContrast} {
		v.Looks = append(v.Looks, PreferView{m.say("gui.look." + lookKey(name)), m.prefs.Look == name, "", prefer(func(p *Preferences) { p.Look = name })})
	}
	for _, large := range []bool{false, true} {
		key := map[bool]string{false: "gui.size.normal", true: "gui.size.large"}[large]
		v.Sizes = append(v.Sizes, PreferView{m.say(key), m.prefs.Large == large, "", prefer(func(p *Preferences) { p.Large = large })})
	}
	return v
}

func (m *Model) licencesView() LicencesView {
	return LicencesView{Title: m.say("gui.licences.title"), Lead: m.say("gui.licences.text", "command", m.terminal+" licences"), Text: m.licences, Back: Button{m.say("gui.back"), ShowLicences{}}}
}

// command goes on with the session in a terminal; empty without one.
func (m *Model) command() string {
	if m.offer.Terminal == "" {
		return ""
	}
	return m.terminal + " " + m.offer.Terminal
}

func lookKey(l Look) string {
	if l == LookSystem {
		return "system"
	}
	return string(l)
}
