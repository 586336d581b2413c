#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "base/settings.hpp"
#include "base/text.hpp"

namespace attache::base {

namespace {

namespace fs = std::filesystem;

constexpr int schema_version = 1;
constexpr int application_id = 0x41747461;  // "Atta": how a file says that it is ours.
constexpr int busy_timeout_ms = 200;        // Only a curious sqlite3 shell can be in the way.
constexpr mode_t folder_mode = 0700;
constexpr mode_t file_mode = 0600;

/// A file descriptor that closes itself (and so gives up its flock).
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  ~Descriptor() {
    if (number_ >= 0) {
      ::close(number_);
    }
  }
  [[nodiscard]] int number() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_;
};

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct FinishStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinishStatement>;

std::string error_text(int error) {
  return std::generic_category().message(error);
}

std::string advice_for(int error) {
  switch (error) {
    case EACCES:
    case EPERM:
      return "give this user read and write permission on it, or name another folder";
    case EROFS:
      return "name a folder on a file system that can be written";
    case ENOSPC:
    case EDQUOT:
      return "free space on its file system";
    case ENOTDIR:
    case EISDIR:
    case EEXIST:
      return "name a folder, or a path where one can be made";
    default:
      return {};
  }
}

Reason refusal(const fs::path& path, std::string why, std::string advice) {
  Reason reason = make_reason("the device's state cannot be opened", std::move(why), std::move(advice));
  reason.where = path.string();
  return reason;
}

Reason refusal(const fs::path& path, int error) {
  return refusal(path, error_text(error), advice_for(error));
}

Result<void> make_folder(const fs::path& folder) {
  if (folder.empty()) {
    return refusal(folder, "the name of the folder is empty", "name a folder");
  }
  std::error_code failed;
  fs::path parent = folder.has_filename() ? folder.parent_path() : folder.parent_path().parent_path();
  if (!parent.empty()) {
    fs::create_directories(parent, failed);  // What is wrong with it, mkdir says.
  }
  if (::mkdir(folder.c_str(), folder_mode) == 0) {
    ::chmod(folder.c_str(), folder_mode);  // The umask may have taken bits away.
    return {};
  }
  int error = errno;
  if (error != EEXIST) {
    return refusal(folder, error);
  }
  if (!fs::is_directory(folder, failed)) {
    return refusal(folder, "it exists and is not a folder", advice_for(ENOTDIR));
  }
  return {};
}

// Opens or makes a file of ours; other users never have a right to it, whatever the umask.
Result<Descriptor> open_private(const fs::path& path) {
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, file_mode));
  if (!file) {
    int error = errno;
    return error == ELOOP ? refusal(path, "it is a symbolic link", "remove it") : refusal(path, error);
  }
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) {
    return refusal(path, errno);
  }
  if (!S_ISREG(status.st_mode)) {
    return refusal(path, "it is not a regular file", "remove it or name another folder");
  }
  return file;
}

Result<Descriptor> take_lock(const fs::path& folder) {
  fs::path path = folder / "lock";
  auto file = open_private(path);
  if (!file) {
    return file;
  }
  if (::flock(file->number(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      return refusal(path, errno);
    }
    std::array<char, 32> text{};
    ssize_t size = ::pread(file->number(), text.data(), text.size(), 0);
    auto holder = parse_number<std::uint32_t>(
        trim({text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))}));
    std::string who = !holder ? "another process"
                      : *holder == static_cast<std::uint32_t>(::getpid())
                          ? fmt::format("this process itself ({})", *holder)
                          : fmt::format("process {}", *holder);
    return refusal(folder, fmt::format("{} uses this folder", who),
                   "end that process, or name another folder");
  }
  std::string pid = fmt::format("{}\n", ::getpid());
  if (::fchmod(file->number(), file_mode) != 0 || ::ftruncate(file->number(), 0) != 0 ||
      ::pwrite(file->number(), pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    return refusal(path, errno);
  }
  return file;
}

/// The SQLite file, checked and ready; all of it is one table (section, key) → value.
class SettingsFile {
 public:
  explicit SettingsFile(fs::path path) : path_(std::move(path)) {}

  /// Opens the file and fills `settings` from it. A file that is refused is left as it is.
  Result<void> open(MemorySettings& settings);
  Result<void> apply(std::span<const Settings::Change> changes);

 private:
  Result<void> check_identity();
  Result<void> check_content();
  Result<void> prepare_for_use();
  Result<void> load(MemorySettings& settings);

  Statement prepare(const char* sql);
  bool run(const char* sql);
  std::optional<std::int64_t> number(const char* sql);
  bool store(const Settings::Change& change);
  [[nodiscard]] Reason trouble() const;
  [[nodiscard]] Reason foreign(std::string why) const;
  [[nodiscard]] Reason damaged(std::string why) const;

  fs::path path_;
  Database database_;
  Statement put_;
  Statement erase_;
  bool is_new_ = false;
};

Statement SettingsFile::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(database_.get(), sql, -1, &statement, nullptr);
  return Statement(statement);
}

bool SettingsFile::run(const char* sql) {
  return sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK;
}

std::optional<std::int64_t> SettingsFile::number(const char* sql) {
  Statement statement = prepare(sql);
  if (!statement || sqlite3_step(statement.get()) != SQLITE_ROW) {
    return std::nullopt;
  }
  return sqlite3_column_int64(statement.get(), 0);
}

Reason SettingsFile::foreign(std::string why) const {
  return refusal(path_, std::move(why), "name another folder, or move this file away");
}

Reason SettingsFile::damaged(std::string why) const {
  return refusal(path_, fmt::format("the database is damaged ({})", why),
                 "put a copy of it back, or move it away to start with an empty device");
}

// The reason behind SQLite's last error.
Reason SettingsFile::trouble() const {
  int code = sqlite3_errcode(database_.get());
  std::string text = sqlite3_errmsg(database_.get());
  int error = sqlite3_system_errno(database_.get());
  switch (code) {
    case SQLITE_NOTADB:
      return foreign("it is not a database");
    case SQLITE_CORRUPT:
      return damaged(text);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return refusal(path_, "another program holds the database", "close what reads it (an sqlite3 shell?)");
    case SQLITE_FULL:
      return refusal(path_, "no space is left for it", advice_for(ENOSPC));
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return refusal(path_, text, advice_for(error != 0 ? error : EACCES));
    default:
      return refusal(path_, error != 0 ? fmt::format("{} ({})", text, error_text(error)) : text,
                     advice_for(error));
  }
}

Result<void> SettingsFile::open(MemorySettings& settings) {
  // Made by us, not by SQLite, for the mode: its -wal and -shm files take the mode of the main file.
  {
    auto file = open_private(path_);
    if (!file) {
      return file.error();
    }
    struct stat status {};
    if (::fstat(file->number(), &status) != 0) {
      return refusal(path_, errno);
    }
    is_new_ = status.st_size == 0;
    if (is_new_ && ::fchmod(file->number(), file_mode) != 0) {
      return refusal(path_, errno);
    }
  }
  sqlite3* opened = nullptr;
  int code = sqlite3_open_v2(path_.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  database_.reset(opened);
  if (code != SQLITE_OK) {
    return trouble();
  }
  sqlite3_busy_timeout(opened, busy_timeout_ms);
  // Until the file is known to be sound, closing it must not move the write-ahead log into it.
  sqlite3_db_config(opened, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  for (auto step :
       {&SettingsFile::check_identity, &SettingsFile::check_content, &SettingsFile::prepare_for_use}) {
    if (auto done = (this->*step)(); !done) {
      return done;
    }
  }
  auto loaded = load(settings);
  if (loaded) {
    sqlite3_db_config(opened, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
  }
  return loaded;
}

Result<void> SettingsFile::check_identity() {
  auto version = number("PRAGMA user_version");
  auto application = number("PRAGMA application_id");
  auto objects = number("SELECT count(*) FROM sqlite_schema");
  if (!version || !application || !objects) {
    return trouble();
  }
  if (*application == 0 && *version == 0 && *objects == 0) {
    is_new_ = true;
    return {};
  }
  if (*application != application_id) {
    return foreign("it is a database of another program");
  }
  if (*version > schema_version) {
    return refusal(path_,
                   fmt::format("it was written by a newer Attaché (layout {}, this one knows up to {})",
                               *version, schema_version),
                   "use that version, or name another folder");
  }
  return {};
}

Result<void> SettingsFile::check_content() {
  if (is_new_) {
    return {};
  }
  Statement check = prepare("PRAGMA quick_check(1)");
  if (!check || sqlite3_step(check.get()) != SQLITE_ROW) {
    return trouble();
  }
  std::string verdict = reinterpret_cast<const char*>(sqlite3_column_text(check.get(), 0));
  if (verdict != "ok") {
    return damaged(verdict.substr(0, verdict.find('\n')));
  }
  return {};
}

Result<void> SettingsFile::prepare_for_use() {
  // Somebody may have copied the file with another mode.
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::string file = path_.string() + suffix;
    if (::chmod(file.c_str(), file_mode) != 0 && errno != ENOENT) {
      return refusal(file, errno);
    }
  }
  // secure_delete: an erased private key does not stay behind in a free page.
  bool ready = run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON");
  if (ready && is_new_) {
    std::string create = fmt::format(
        "BEGIN IMMEDIATE;"
        "CREATE TABLE setting(section BLOB NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL,"
        " PRIMARY KEY(section, key)) WITHOUT ROWID;"
        "PRAGMA application_id = {}; PRAGMA user_version = {};"
        "COMMIT",
        application_id, schema_version);
    ready = run(create.c_str());
  }
  if (!ready) {
    return trouble();
  }
  put_ = prepare("INSERT INTO setting VALUES(?1, ?2, ?3) ON CONFLICT DO UPDATE SET value = excluded.value");
  erase_ = prepare("DELETE FROM setting WHERE section = ?1 AND key = ?2");
  if (!put_ || !erase_) {
    return damaged(sqlite3_errmsg(database_.get()));
  }
  return {};
}

std::string blob(sqlite3_stmt* row, int column) {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(row, column));
  auto size = static_cast<std::size_t>(sqlite3_column_bytes(row, column));
  return size == 0 ? std::string() : std::string(bytes, size);
}

Result<void> SettingsFile::load(MemorySettings& settings) {
  Statement rows = prepare("SELECT section, key, value FROM setting");
  std::vector<Settings::Change> found;
  int code = SQLITE_ERROR;
  while (rows && (code = sqlite3_step(rows.get())) == SQLITE_ROW) {
    found.push_back({blob(rows.get(), 0), blob(rows.get(), 1), blob(rows.get(), 2)});
  }
  if (code != SQLITE_DONE) {
    return trouble();
  }
  return settings.apply(found);
}

bool SettingsFile::store(const Settings::Change& change) {
  sqlite3_stmt* statement = change.value ? put_.get() : erase_.get();
  // A null pointer would bind NULL: an empty view of a literal is not one.
  auto bind = [&](int place, std::string_view bytes) {
    const char* data = bytes.empty() ? "" : bytes.data();
    return sqlite3_bind_blob64(statement, place, data, bytes.size(), SQLITE_STATIC) == SQLITE_OK;
  };
  bool done = bind(1, change.section) && bind(2, change.key) && (!change.value || bind(3, *change.value)) &&
              sqlite3_step(statement) == SQLITE_DONE;
  // The error of the step stays the connection's last one: reset repeats it.
  sqlite3_reset(statement);
  return done;
}

Result<void> SettingsFile::apply(std::span<const Settings::Change> changes) {
  bool done = run("BEGIN IMMEDIATE");
  for (std::size_t i = 0; done && i < changes.size(); ++i) {
    done = store(changes[i]);
  }
  if (done && run("COMMIT")) {
    return {};
  }
  Reason reason = trouble();
  reason.what = "the device's state cannot be saved";
  if (sqlite3_get_autocommit(database_.get()) == 0) {
    run("ROLLBACK");
  }
  return reason;
}

/// What is read comes from memory; what is written goes to the file first.
class SqliteSettings final : public Settings {
 public:
  SqliteSettings(Descriptor lock, fs::path path) : lock_(std::move(lock)), file_(std::move(path)) {}

  Result<void> open() { return file_.open(known_); }

  [[nodiscard]] std::map<std::string, std::string> section(std::string_view name) const override {
    return known_.section(name);
  }

  Result<void> apply(std::span<const Change> changes) override {
    if (changes.empty()) {
      return {};
    }
    auto saved = file_.apply(changes);
    return saved ? known_.apply(changes) : saved;
  }

 private:
  Descriptor lock_;  // First, so that it is given up last.
  SettingsFile file_;
  MemorySettings known_;
};

}  // namespace

Result<std::unique_ptr<Settings>> open_settings(const std::filesystem::path& folder) {
  if (auto made = make_folder(folder); !made) {
    return made.error();
  }
  auto lock = take_lock(folder);
  if (!lock) {
    return lock.error();
  }
  auto settings = std::make_unique<SqliteSettings>(std::move(*lock), folder / "device.sqlite");
  if (auto opened = settings->open(); !opened) {
    return opened.error();
  }
  return std::unique_ptr<Settings>(std::move(settings));
}

}  // namespace attache::base
