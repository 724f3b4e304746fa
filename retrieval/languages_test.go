package retrieval

import (
	"os"
	"path/filepath"
	"testing"

	"docent"
	"docent/analysis"
	"docent/ingest"
	"docent/store/sqlite"
)

// manuals are pages about a proxy, a backup and a password, in several
// languages, and a question about the backup in other forms of the words.
var manuals = map[string]struct{ proxy, backup, password, question string }{
	"zh": {
		"# 代理服务器\n\n通过环境变量设置代理服务器的地址和端口。",
		"# 数据备份\n\n## 自动备份\n\n每天凌晨自动备份数据库，备份文件保存三十天。",
		"# 密码\n\n忘记密码时，请使用docent reset命令。",
		"怎样备份数据库？",
	},
	"ja": {
		"# プロキシ\n\n環境変数でプロキシサーバーのアドレスを設定します。",
		"# バックアップ\n\n## 自動保存\n\n毎日データベースのバックアップを作成し、三十日間保存します。",
		"# パスワード\n\nパスワードを忘れたときはdocent resetを使います。",
		"データベースをバックアップするには？",
	},
	"ko": {
		"# 프록시\n\n환경 변수로 프록시 서버의 주소를 설정합니다.",
		"# 백업\n\n## 자동 백업\n\n매일 데이터베이스를 백업하고 파일을 삼십 일 동안 보관합니다.",
		"# 비밀번호\n\n비밀번호를 잊었을 때는 `docent reset` 명령을 사용합니다.",
		"데이터베이스는 어떻게 백업하나요?",
	},
	"de": {
		"# Stellvertreter\n\nDie Adresse des Proxys steht in einer Umgebungsvariablen.",
		"# Sicherung\n\n## Jede Nacht\n\nDie Datenbank wird jede Nacht gesichert, und die Sicherungen bleiben dreißig Tage.",
		"# Kennwort\n\nWer sein Kennwort vergessen hat, setzt es mit `docent reset` zurück.",
		"Wie lange werden gesicherte Datenbanken aufbewahrt?",
	},
	"fr": {
		"# Mandataire\n\nL'adresse du mandataire se trouve dans une variable d'environnement.",
		"# Sauvegarde\n\n## Chaque nuit\n\nLa base est sauvegardée chaque nuit et conservée pendant trente jours.",
		"# Mot de passe\n\nUn mot de passe oublié se remplace par `docent reset`.",
		"Où les bases sauvegardées sont-elles conservées ?",
	},
	"ru": {
		"# Прокси\n\nАдрес прокси задаётся переменной окружения.",
		"# Резервная копия\n\n## Каждую ночь\n\nБаза данных копируется каждую ночь, копии хранятся тридцать дней.",
		"# Пароль\n\nЗабытый пароль меняют командой `docent reset`.",
		"сколько хранить копию базы",
	},
}

// TestAQuestionFindsOtherFormsOfItsWordsInItsLanguage goes from Markdown through
// the SQLite index to what is found: bigrams where no blanks divide words,
// stems elsewhere.
func TestAQuestionFindsOtherFormsOfItsWordsInItsLanguage(t *testing.T) {
	index, err := sqlite.OpenIndex(t.TempDir(), docent.Stamp{Analyzer: analysis.Version, Splitter: ingest.SplitterVersion}, sqlite.IndexOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { index.Close() })
	s := New(index, standard())
	for lang, manual := range manuals {
		dir := t.TempDir()
		for file, text := range map[string]string{"proxy.md": manual.proxy, "backup.md": manual.backup, "password.md": manual.password} {
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		source := ingest.Source{Name: "manual", Dir: dir, Lang: lang}
		if _, err := ingest.Run(t.Context(), building{index}, source, readDefaults().Ingest, ingest.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	for lang, manual := range manuals {
		t.Run(lang, func(t *testing.T) {
			found, err := s.Search(t.Context(), docent.Query{Site: docent.DefaultSite, Text: manual.question, Filters: docent.Filters{Lang: lang}})
			if err != nil {
				t.Fatal(err)
			}
			if len(found.Passages) == 0 || found.Passages[0].Path != "backup.md" || found.Refuse {
				t.Fatalf("%q found %+v, answerable %.2f", manual.question, found.Passages, found.Answerable)
			}
			if unit := found.Passages[0].Unit; unit.Lang != lang {
				t.Errorf("the passage is in %q", unit.Lang)
			}
			named, err := s.Search(t.Context(), docent.Query{Site: docent.DefaultSite, Text: "docent reset", Filters: docent.Filters{Lang: lang}})
			if err != nil || len(named.Passages) == 0 || named.Passages[0].Path != "password.md" {
				t.Errorf("a name in Latin letters found %+v, %v", named.Passages, err)
			}
		})
	}
}
