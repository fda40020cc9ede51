#include <dlfcn.h>
#include <fmt/format.h>
#include <tesseract/capi.h>
#include <tesseract/version.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "formats/picture/text_reader.h"

namespace dropscope::picture {
namespace {

constexpr std::string_view kAdvice =
    "install it (Debian: apt install tesseract-ocr tesseract-ocr-eng), or paste the text instead: "
    "select the rows of the window, press Ctrl+C, and save them as a text file";

/// The functions of Tesseract's C interface that are used.
struct Library {
  decltype(&TessBaseAPICreate) create = nullptr;
  decltype(&TessBaseAPIDelete) destroy = nullptr;
  decltype(&TessBaseAPIInit2) init = nullptr;
  decltype(&TessBaseAPISetVariable) set_variable = nullptr;
  decltype(&TessBaseAPISetPageSegMode) set_mode = nullptr;
  decltype(&TessBaseAPISetImage) set_image = nullptr;
  decltype(&TessBaseAPISetSourceResolution) set_resolution = nullptr;
  decltype(&TessBaseAPIRecognize) recognize = nullptr;
  decltype(&TessBaseAPIGetIterator) iterator = nullptr;
  decltype(&TessBaseAPIClear) clear = nullptr;
  decltype(&TessResultIteratorNext) next = nullptr;
  decltype(&TessResultIteratorGetUTF8Text) text = nullptr;
  decltype(&TessResultIteratorConfidence) confidence = nullptr;
  decltype(&TessResultIteratorDelete) delete_iterator = nullptr;
  decltype(&TessDeleteText) delete_text = nullptr;
  std::string problem;
};

template <typename F>
void find(void* handle, const char* name, F& function, std::string& problem) {
  function = reinterpret_cast<F>(dlsym(handle, name));
  if (function == nullptr) problem = fmt::format("it has no function {}", name);
}

Library load() {
  Library library;
  const std::string file = fmt::format("libtesseract.so.{}", TESSERACT_MAJOR_VERSION);
  // Never unloaded: the readers of other threads use it until the program ends.
  void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    library.problem = fmt::format("{} is not there", file);
    return library;
  }
  std::string& problem = library.problem;
  find(handle, "TessBaseAPICreate", library.create, problem);
  find(handle, "TessBaseAPIDelete", library.destroy, problem);
  find(handle, "TessBaseAPIInit2", library.init, problem);
  find(handle, "TessBaseAPISetVariable", library.set_variable, problem);
  find(handle, "TessBaseAPISetPageSegMode", library.set_mode, problem);
  find(handle, "TessBaseAPISetImage", library.set_image, problem);
  find(handle, "TessBaseAPISetSourceResolution", library.set_resolution, problem);
  find(handle, "TessBaseAPIRecognize", library.recognize, problem);
  find(handle, "TessBaseAPIGetIterator", library.iterator, problem);
  find(handle, "TessBaseAPIClear", library.clear, problem);
  find(handle, "TessResultIteratorNext", library.next, problem);
  find(handle, "TessResultIteratorGetUTF8Text", library.text, problem);
  find(handle, "TessResultIteratorConfidence", library.confidence, problem);
  find(handle, "TessResultIteratorDelete", library.delete_iterator, problem);
  find(handle, "TessDeleteText", library.delete_text, problem);
  return library;
}

const Library& tesseract() {
  static const Library kLibrary = load();
  return kLibrary;
}

/// Tesseract divides each line among four OpenMP threads, which costs more than it gives for a line
/// of a few words and takes processors from the other readers. The call holds for the thread that
/// makes it; where the library was built without OpenMP there is nothing to call.
void keep_to_this_thread() {
  using SetLevels = void (*)(int);
  if (const auto set =
          reinterpret_cast<SetLevels>(dlsym(RTLD_DEFAULT, "omp_set_max_active_levels"))) {
    set(0);
    return;
  }
  if (void* handle = dlopen("libgomp.so.1", RTLD_NOW | RTLD_NOLOAD)) {
    if (const auto set = reinterpret_cast<SetLevels>(dlsym(handle, "omp_set_max_active_levels"))) {
      set(0);
    }
    dlclose(handle);
  }
}

}  // namespace

struct TextReader::State {
  const Library& library;
  TessBaseAPI* api = nullptr;

  explicit State(const Library& used) : library(used) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (api != nullptr) library.destroy(api);
  }

  void take_words(Reading& out) const {
    TessResultIterator* it = library.iterator(api);
    if (it == nullptr) return;
    do {
      char* text = library.text(it, tesseract::RIL_WORD);
      if (text == nullptr) continue;
      const std::string_view word = trim(text);
      const double confidence =
          static_cast<double>(library.confidence(it, tesseract::RIL_WORD)) / 100;
      if (!word.empty()) out.words.push_back({std::string(word), std::clamp(confidence, 0.0, 1.0)});
      library.delete_text(text);
    } while (library.next(it, tesseract::RIL_WORD) != 0);
    library.delete_iterator(it);
  }
};

TextReader::TextReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
TextReader::TextReader(TextReader&&) noexcept = default;
TextReader& TextReader::operator=(TextReader&&) noexcept = default;
TextReader::~TextReader() = default;

Result<TextReader> TextReader::open() {
  const Library& library = tesseract();
  if (!library.problem.empty()) {
    return fail(ErrorCode::Unsupported,
                fmt::format("a picture; reading its text needs Tesseract, and {}: {}",
                            library.problem, kAdvice));
  }
  keep_to_this_thread();
  auto state = std::make_unique<State>(library);
  state->api = library.create();
  if (library.init(state->api, nullptr, "eng", tesseract::OEM_LSTM_ONLY) != 0) {
    return fail(
        ErrorCode::Unsupported,
        fmt::format("a picture; Tesseract is there, but its data for English is not: {}", kAdvice));
  }
  // Words of a dictionary are drawn to by default; host names and codes are in none.
  for (const char* dictionary : {"load_system_dawg", "load_freq_dawg"}) {
    library.set_variable(state->api, dictionary, "0");
  }
  library.set_variable(state->api, "debug_file", "/dev/null");
  return TextReader(std::move(state));
}

Reading TextReader::read_line(const Grey& line, std::string_view characters) {
  Reading out;
  if (line.width < 3 || line.height < 3) return out;
  const Library& library = state_->library;
  TessBaseAPI* api = state_->api;
  library.set_variable(api, "tessedit_char_whitelist", std::string(characters).c_str());
  // Some lines, such as "Local Area..." with its dots, are no line to Tesseract's own search for
  // lines.
  for (const auto mode : {tesseract::PSM_SINGLE_LINE, tesseract::PSM_RAW_LINE}) {
    library.set_mode(api, mode);
    library.set_image(api, line.pixels.data(), line.width, line.height, 1, line.width);
    // A resolution that is not told is guessed, with a message.
    library.set_resolution(api, 300);
    if (library.recognize(api, nullptr) == 0) state_->take_words(out);
    library.clear(api);
    if (!out.words.empty()) break;
  }
  return out;
}

}  // namespace dropscope::picture
