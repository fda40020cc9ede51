// Every text that is known means what its row says, however it is spelt; stems decide paraphrases
// in every language, and leave alone what is negated, attempted or still to come.

#include "evidence/catalogue/classify.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dropscope {
namespace {

const Catalogue& built_in() {
  static const Catalogue catalogue = Catalogue::load().value();
  return catalogue;
}

const TextClassifier& classifier() {
  static const TextClassifier made(built_in(), built_in().profiles.at(0));
  return made;
}

/// Without the exact table, as if every text were new.
const TextClassifier& stems_only() {
  static const TextClassifier made = [] {
    Catalogue catalogue = built_in();
    for (TextTable& table : catalogue.texts) {
      std::erase_if(table.rules, [](const TextRule& rule) { return !rule.stem; });
    }
    return TextClassifier(catalogue, catalogue.profiles.at(0));
  }();
  return made;
}

std::string shown(const Classification& c) {
  return std::string(to_string(c.meaning)) + " by " + std::string(to_string(c.recognition));
}

/// ASCII letters in upper case, spaces doubled, and a full stop more.
std::string respelt(const std::string& text) {
  std::string out = " ";
  for (const char c : text) {
    out.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    if (c == ' ') out += "\t ";
  }
  return out + ".";
}

TEST(NormaliseText, DropsWhatDoesNotMatter) {
  EXPECT_EQ(normalise_text("  The\tConnection \r\n is BACK.. "), "the connection is back");
  EXPECT_EQ(normalise_text("Été\xC2\xA0:\xE2\x80\xAF"
                           "PERDUE"),
            "été : perdue");
  EXPECT_EQ(normalise_text("Соединение ПОТЕРЯНО."), "соединение потеряно");
  EXPECT_EQ(normalise_text("接続が失われました。"), "接続が失われました");
  EXPECT_EQ(normalise_text("a.b. c ."), "a.b. c");
  EXPECT_EQ(normalise_text(" . . "), "");
  EXPECT_EQ(normalise_text(""), "");
}

TEST(ExactTable, EveryTextOfEveryLanguage) {
  std::size_t texts = 0;
  for (const TextTable& table : built_in().texts) {
    for (const TextRule& rule : table.rules) {
      if (rule.stem) continue;
      ++texts;
      for (const std::string& text : {rule.text, respelt(rule.text)}) {
        const Classification c = classifier().classify(text);
        EXPECT_EQ(c.meaning, rule.meaning) << table.language << ": " << text << " is " << shown(c);
        EXPECT_EQ(c.recognition, Recognition::Exact) << table.language << ": " << text;
      }
    }
  }
  EXPECT_GT(texts, 80u);
}

TEST(ExactTable, PrefixesAllowWhatFollows) {
  EXPECT_EQ(
      shown(classifier().classify("MAPISendMail: Failed to submit message. Attachments to the "
                                  "message exceeded the size limit set by your Administrator")),
      "other by exact");
  EXPECT_EQ(shown(classifier().classify(
                "Outlook is trying to retrieve data from the Microsoft Exchange Server MBX01.")),
            "other by exact");
}

TEST(ExactTable, FurtherDataStringsDoNotMatter) {
  EXPECT_EQ(
      shown(classifier().classify("Connection to Microsoft Exchange has been restored. | 17")),
      "restored by exact");
}

// The stems are made for texts that nobody has seen, so the known ones have to come out right
// without their rows.
TEST(Stems, DecideEveryKnownLossAndRestore) {
  for (const TextTable& table : built_in().texts) {
    for (const TextRule& rule : table.rules) {
      if (rule.stem || (rule.meaning != Meaning::Lost && rule.meaning != Meaning::Restored &&
                        rule.meaning != Meaning::Unavailable)) {
        continue;
      }
      const Classification c = stems_only().classify(rule.text);
      EXPECT_EQ(c.meaning, rule.meaning)
          << table.language << ": " << rule.text << " is " << shown(c);
      EXPECT_EQ(c.recognition, Recognition::Stem);
    }
  }
}

struct Phrase {
  const char* language;
  Meaning meaning;
  const char* text;
};

TEST(Stems, DecideParaphrases) {
  const std::vector<Phrase> phrases = {
      {"en", Meaning::Lost, "Your connection to Microsoft Exchange was lost. It will be restored."},
      {"en", Meaning::Restored, "The connection with Microsoft Exchange was re-established."},
      {"en", Meaning::Unavailable, "Microsoft Exchange is not available right now."},
      {"en", Meaning::Authentication, "Microsoft Exchange asks for your password."},
      {"de", Meaning::Lost,
       "Die Verbindung mit Microsoft Exchange wurde getrennt. Outlook stellt die Verbindung wieder "
       "her, sobald dies möglich ist."},
      {"de", Meaning::Lost, "Verbindung zum Microsoft Exchange Server verloren"},
      {"de", Meaning::Restored, "Verbindung zu Microsoft Exchange WIEDERHERGESTELLT!"},
      {"de", Meaning::Unavailable,
       "Die Aktion ist fehlgeschlagen. Die Verbindung mit Microsoft Exchange ist nicht verfügbar."},
      {"fr", Meaning::Lost,
       "La connexion à Microsoft Exchange a été interrompue, Outlook la rétablira dès que "
       "possible."},
      {"fr", Meaning::Restored, "LA CONNEXION À MICROSOFT EXCHANGE A ÉTÉ RÉTABLIE"},
      {"es", Meaning::Lost,
       "Se perdió la conexión con Microsoft Exchange. Outlook restaurará la conexión cuando sea "
       "posible."},
      {"es", Meaning::Restored, "La conexión con Microsoft Exchange se ha restablecido."},
      {"it", Meaning::Lost,
       "La connessione a Microsoft Exchange è stata interrotta. Verrà ripristinata appena "
       "possibile."},
      {"it", Meaning::Restored, "Connessione a Microsoft Exchange ripristinata."},
      {"pt-BR", Meaning::Lost,
       "A conexão com o Microsoft Exchange foi interrompida. O Outlook restaurará a conexão assim "
       "que "
       "possível."},
      {"pt-BR", Meaning::Restored, "Conexão com o Microsoft Exchange restabelecida"},
      {"pt-PT", Meaning::Restored, "A ligação ao Microsoft Exchange foi reposta."},
      {"nl", Meaning::Lost,
       "De verbinding met Microsoft Exchange is verloren. Outlook herstelt de verbinding zodra dit "
       "mogelijk is."},
      {"nl", Meaning::Restored, "Verbinding met Microsoft Exchange hersteld."},
      {"pl", Meaning::Lost,
       "Połączenie z serwerem Microsoft Exchange zostało przerwane. Program Outlook przywróci "
       "połączenie."},
      {"pl", Meaning::Restored, "Wznowiono: połączenie z Microsoft Exchange wznowione."},
      {"cs", Meaning::Lost, "Spojení se serverem Microsoft Exchange bylo přerušeno."},
      {"cs", Meaning::Restored, "Spojení se serverem Microsoft Exchange je obnoveno."},
      {"sv", Meaning::Lost,
       "Anslutningen till Microsoft Exchange bröts. Outlook återställer anslutningen så snart det "
       "går."},
      {"sv", Meaning::Restored, "Anslutningen till Microsoft Exchange har återupprättats."},
      {"da", Meaning::Lost, "Forbindelsen til Microsoft Exchange er mistet."},
      {"da", Meaning::Restored, "Forbindelsen til Microsoft Exchange er gendannet."},
      {"nb", Meaning::Lost, "Tilkoblingen til Microsoft Exchange ble brutt."},
      {"nb", Meaning::Restored, "Tilkoblingen til Microsoft Exchange ble gjenopprettet."},
      {"fi", Meaning::Lost, "Yhteys Microsoft Exchangeen katkesi."},
      {"fi", Meaning::Restored, "Yhteys Microsoft Exchange -palvelimeen palautettiin."},
      {"ru", Meaning::Lost,
       "Подключение к Microsoft Exchange прервано. Outlook восстановит подключение при "
       "возможности."},
      {"ru", Meaning::Restored, "Подключение к Microsoft Exchange восстановлено"},
      {"tr", Meaning::Lost, "Microsoft Exchange ile bağlantı koptu."},
      {"tr", Meaning::Restored, "Microsoft Exchange bağlantısı yeniden kuruldu."},
      {"ja", Meaning::Lost,
       "Microsoft Exchange への接続が切断されました。Outlook は可能になり次第接続を復元します。"},
      {"ja", Meaning::Lost, "Microsoft Exchange への接続が切断されています。"},
      {"ja", Meaning::Restored, "Microsoft Exchange への接続が回復しました"},
      {"ja", Meaning::Unavailable,
       "操作を完了できません。Microsoft Exchangeへの接続が利用できません。"},
      {"zh-CN", Meaning::Lost, "与 Microsoft Exchange 的连接已丢失。Outlook 将在可能时恢复连接。"},
      {"zh-CN", Meaning::Restored, "已还原与Microsoft Exchange的连接。"},
      {"zh-TW", Meaning::Lost, "與 Microsoft Exchange 的連線已遺失。Outlook 將盡快還原連線。"},
      {"zh-TW", Meaning::Restored, "與Microsoft Exchange的連線已恢復。"},
      {"ko", Meaning::Lost,
       "Microsoft Exchange와의 연결이 끊겼습니다. 가능하면 연결을 복원합니다."},
      {"ko", Meaning::Restored, "Microsoft Exchange 연결이 복구되었습니다."},
  };
  for (const Phrase& phrase : phrases) {
    const Classification c = stems_only().classify(phrase.text);
    EXPECT_EQ(c.meaning, phrase.meaning)
        << phrase.language << ": " << phrase.text << " is " << shown(c);
    EXPECT_EQ(c.recognition, Recognition::Stem) << phrase.text;
  }
}

TEST(Stems, LeaveUnclearTextsAlone) {
  for (const char* text : {
           // Both meanings in one sentence.
           "The connection to Microsoft Exchange was lost and restored.",
           "Die Verbindung mit Microsoft Exchange wurde unterbrochen und wiederhergestellt.",
           // Negated.
           "The connection to Microsoft Exchange could not be restored.",
           "Die Verbindung mit Microsoft Exchange konnte nicht wiederhergestellt werden.",
           "La connexion à Microsoft Exchange n'a pas été rétablie.",
           "No se ha restaurado la conexión con Microsoft Exchange.",
           "A conexão com o Microsoft Exchange não foi restaurada.",
           "La connessione a Microsoft Exchange non è stata ripristinata.",
           "De verbinding met Microsoft Exchange is niet hersteld.",
           "Połączenie z Microsoft Exchange nie zostało przywrócone.",
           "Připojení k serveru Microsoft Exchange nebylo obnoveno.",
           "Anslutningen till Microsoft Exchange har inte återställts.",
           "Forbindelsen til Microsoft Exchange er ikke genoprettet.",
           "Соединение с Microsoft Exchange не было восстановлено.",
           "Microsoft Exchange への接続を復元できませんでした。",
           "无法恢复与 Microsoft Exchange 的连接。",
           "無法還原與 Microsoft Exchange 的連線。",
           "Microsoft Exchange 연결을 복원할 수 없습니다.",
           // Attempted or still to come.
           "The connection to Microsoft Exchange is being restored.",
           "Die Verbindung mit Microsoft Exchange wird wiederhergestellt.",
           "Yhteys Microsoft Exchangeen palautetaan.",
           "La conexión con Microsoft Exchange será restaurada.",
           "Outlook は Microsoft Exchange への接続を復元します。",
           "Microsoft Exchange 연결을 복원합니다.",
           "Outlook 将恢复与 Microsoft Exchange 的连接。",
           // No product, or not in the sentence with the stem.
           "The connection has been lost.",
           "Welcome to Microsoft Exchange. Nothing is lost.",
           // A stem in the middle of another word.
           "Microsoft Exchange saw a bloodlost avenger.",
           // Status-bar words never reach the log.
           "Disconnected",
           "Getrennt",
           "Verbunden",
           "Desconectado",
           // Noise.
           "",
           " ",
           ".",
           "Microsoft Exchange",
           "svchost (4321,D,50)",
           "\xFF\xFE\xC3",
           "Microsoft Exchange \xE3\x80",
       }) {
    const Classification c = classifier().classify(text);
    EXPECT_EQ(c.meaning, Meaning::Unclassified) << text << " is " << shown(c);
    EXPECT_EQ(c.recognition, Recognition::None) << text;
  }
}

TEST(Stems, EndOfAWordCountsWhereTheStemSaysSo) {
  // "kann " must not be found in "Kannenberg".
  EXPECT_EQ(
      stems_only().classify("Verbindung von Kannenberg zu Microsoft Exchange verloren").meaning,
      Meaning::Lost);
  EXPECT_EQ(stems_only()
                .classify("Verbindung zu Microsoft Exchange verloren, was man ändern kann")
                .meaning,
            Meaning::Unclassified);
}

TEST(Stems, GiveUpOnTextsThatAreNoAlerts) {
  // Hostile input: 64 KiB of stems in one sentence. Done at once, or the test's time limit notices.
  std::string text = "Microsoft Exchange";
  while (text.size() < 65'000) text += " lost";
  EXPECT_EQ(classifier().classify(text).meaning, Meaning::Unclassified);
  EXPECT_EQ(classifier().classify(text.substr(0, 4'000)).meaning, Meaning::Lost);
}

}  // namespace
}  // namespace dropscope
