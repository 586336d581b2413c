#include "base/settings.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>
#include <vector>

#include "base/text.hpp"

namespace attache::base {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

using Changes = std::vector<Settings::Change>;
using Section = std::map<std::string, std::string>;

std::string read_bytes(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

void write_bytes(const fs::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

mode_t mode_of(const fs::path& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 07777U;
}

// Runs `body` in a process of its own; its text comes back.
template <class Body>
std::string in_another_process(Body body) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe(ends.data()), 0);
  pid_t child = ::fork();
  if (child == 0) {
    std::string said = body();
    bool told = ::write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size());
    ::_exit(told ? 0 : 1);
  }
  ::close(ends[1]);
  std::string said;
  std::array<char, 512> buffer{};
  for (ssize_t n = 0; (n = ::read(ends[0], buffer.data(), buffer.size())) > 0;) {
    said.append(buffer.data(), static_cast<std::size_t>(n));
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status)) << "the child died";
  return said;
}

std::string refusal_of(const fs::path& folder) {
  auto settings = open_settings(folder);
  return settings ? "opened" : to_block(settings.error());
}

class StateFolder : public testing::Test {
 protected:
  StateFolder() {
    std::string name = fs::temp_directory_path() / "attache-settings-XXXXXX";
    outer_ = ::mkdtemp(name.data());
    folder_ = outer_ / "state";
    file_ = folder_ / "device.sqlite";
  }
  ~StateFolder() override { fs::remove_all(outer_); }

  std::unique_ptr<Settings> open() {
    auto settings = open_settings(folder_);
    EXPECT_TRUE(settings) << to_block(settings.error());
    return settings ? std::move(*settings) : nullptr;
  }

  // Runs SQL on the file as another program would.
  void run_sql(const std::string& sql) {
    fs::create_directories(folder_);
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(file_.c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(database);
    sqlite3_close(database);
  }

  fs::path outer_;
  fs::path folder_;
  fs::path file_;
};

TEST(MemorySettings, KeepsWhatIsAppliedAndForgetsWhatIsErased) {
  MemorySettings settings;
  ASSERT_TRUE(settings.apply(Changes{{"a", "k", "1"}, {"a", "l", "2"}, {"b", "k", "3"}}));
  ASSERT_TRUE(settings.apply(Changes{{"a", "k", std::nullopt}, {"b", "unknown", std::nullopt}}));
  EXPECT_EQ(settings.section("a"), (Section{{"l", "2"}}));
  EXPECT_EQ(settings.section("b"), (Section{{"k", "3"}}));
  EXPECT_EQ(settings.section("c"), Section{});
}

TEST_F(StateFolder, KeepsSettingsFromOneOpeningToTheNext) {
  {
    auto settings = open();
    ASSERT_TRUE(settings->apply(Changes{{"a", "k", "1"}, {"a", "l", "2"}, {"b", "k", "3"}}));
    ASSERT_TRUE(settings->apply(Changes{{"a", "k", "4"}, {"a", "l", std::nullopt}}));
    EXPECT_EQ(settings->section("a"), (Section{{"k", "4"}}));
  }
  auto settings = open();
  EXPECT_EQ(settings->section("a"), (Section{{"k", "4"}}));
  EXPECT_EQ(settings->section("b"), (Section{{"k", "3"}}));
  EXPECT_EQ(settings->section("c"), Section{});
}

TEST_F(StateFolder, KeepsAnyBytesInNamesKeysAndValues) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    bytes += static_cast<char>(i);
  }
  std::string section("s\0s", 3);
  std::string key("\0\xFF\0", 3);
  std::string large(100'000, '\0');
  Section all{{key, bytes}, {"empty", ""}, {"", "empty key"}, {"large", large}};
  {
    auto settings = open();
    Changes changes;
    for (const auto& [name, value] : all) {
      changes.push_back({section, name, value});
    }
    ASSERT_TRUE(settings->apply(changes));
  }
  auto settings = open();
  EXPECT_EQ(settings->section(section), all);
  EXPECT_EQ(settings->section("s"), Section{});
}

TEST_F(StateFolder, IsClosedToOtherUsersWhateverTheUmask) {
  for (mode_t mask : {mode_t{0}, mode_t{0077}, mode_t{0777}}) {
    fs::remove_all(folder_);
    mode_t before = ::umask(mask);
    auto opened = open_settings(folder_);
    Result<void> applied = opened ? (*opened)->apply(Changes{{"a", "k", "1"}}) : opened.error();
    ::umask(before);
    ASSERT_TRUE(applied) << to_block(applied.error());
    EXPECT_EQ(mode_of(folder_), 0700U);
    for (const char* name : {"device.sqlite", "device.sqlite-wal", "device.sqlite-shm", "lock"}) {
      EXPECT_EQ(mode_of(folder_ / name), 0600U) << name << " under umask " << mask;
    }
  }
}

TEST_F(StateFolder, TakesBackRightsThatACopyGaveAway) {
  open();
  fs::permissions(
      file_, fs::perms::others_read | fs::perms::group_read | fs::perms::owner_read | fs::perms::owner_write);
  auto settings = open();
  ASSERT_TRUE(settings->apply(Changes{{"a", "k", "1"}}));
  EXPECT_EQ(mode_of(file_), 0600U);
  EXPECT_EQ(mode_of(folder_ / "device.sqlite-wal"), 0600U);
}

// Gives a file away, which only root can do.
bool give_away(const fs::path& path) {
  return ::lchown(path.c_str(), 12345, 12345) == 0;
}

TEST_F(StateFolder, IsRefusedIfOthersMayWriteToIt) {
  for (mode_t mode : {mode_t{0777}, mode_t{01777}, mode_t{0702}}) {
    fs::create_directories(folder_);
    ASSERT_EQ(::chmod(folder_.c_str(), mode), 0);
    std::string said = refusal_of(folder_);
    EXPECT_THAT(said, HasSubstr("other users may write to the folder"));
    EXPECT_THAT(said, HasSubstr("chmod go-w " + folder_.string()));
    EXPECT_TRUE(fs::is_empty(folder_));
    EXPECT_EQ(mode_of(folder_), mode);
  }
}

TEST_F(StateFolder, IsRefusedIfAGroupOfOthersMayWriteToIt) {
  fs::create_directories(folder_);
  if (::chown(folder_.c_str(), static_cast<uid_t>(-1), 12345) != 0) {
    GTEST_SKIP() << "only root can give a folder to a group of others";
  }
  ASSERT_EQ(::chmod(folder_.c_str(), 0770), 0);
  EXPECT_THAT(refusal_of(folder_), HasSubstr("its mode is 0770"));
  ASSERT_EQ(::chmod(folder_.c_str(), 0750), 0);
  EXPECT_EQ(refusal_of(folder_), "opened");
  EXPECT_EQ(mode_of(folder_), 0750U);
}

TEST_F(StateFolder, IsRefusedIfItBelongsToAnotherUser) {
  fs::create_directories(folder_);
  if (!give_away(folder_)) {
    GTEST_SKIP() << "only root can give a folder away";
  }
  std::string said = refusal_of(folder_);
  EXPECT_THAT(said, HasSubstr("the folder belongs to 12345"));
  EXPECT_THAT(said, HasSubstr("do:"));
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(StateFolder, IsReachedByALinkUnlessAnotherUserPlacedIt) {
  fs::create_directories(outer_ / "elsewhere");
  fs::create_directory_symlink(outer_ / "elsewhere", folder_);
  EXPECT_EQ(refusal_of(folder_), "opened");
  EXPECT_EQ(refusal_of(folder_ / ""), "opened");
  if (give_away(folder_)) {
    EXPECT_THAT(refusal_of(folder_), HasSubstr("symbolic link of 12345"));
    EXPECT_THAT(refusal_of(folder_ / ""), HasSubstr("symbolic link of 12345"));
  }
}

TEST_F(StateFolder, RefusesADatabaseThatOthersMayWriteToAndLeavesIt) {
  open();
  std::string bytes = read_bytes(file_);
  ASSERT_EQ(::chmod(file_.c_str(), 0606), 0);
  EXPECT_THAT(refusal_of(folder_), HasSubstr("other users may write to the file"));
  EXPECT_EQ(mode_of(file_), 0606U);
  EXPECT_EQ(read_bytes(file_), bytes);
  ASSERT_EQ(::chmod(file_.c_str(), 0600), 0);
  if (give_away(file_)) {
    EXPECT_THAT(refusal_of(folder_), HasSubstr("the file belongs to 12345"));
  }
}

TEST_F(StateFolder, LeavesWhatALinkInItLeadsTo) {
  open();
  fs::path victim = outer_ / "victim";
  write_bytes(victim, "precious");
  ASSERT_EQ(::chmod(victim.c_str(), 0644), 0);
  for (const char* name : {"device.sqlite-wal", "device.sqlite-shm", "lock"}) {
    fs::remove(folder_ / name);
    fs::create_symlink(victim, folder_ / name);
    EXPECT_NE(refusal_of(folder_), "opened") << name;
    EXPECT_EQ(mode_of(victim), 0644U) << name;
    EXPECT_EQ(read_bytes(victim), "precious") << name;
    fs::remove(folder_ / name);
  }
}

TEST_F(StateFolder, MakesTheFoldersAboveIt) {
  folder_ = outer_ / "one" / "two" / "";
  open();
  EXPECT_TRUE(fs::exists(folder_ / "device.sqlite"));
}

TEST_F(StateFolder, IsRefusedToASecondProcessWithThePidOfTheFirst) {
  auto settings = open();
  std::string said = in_another_process([&] { return refusal_of(folder_); });
  EXPECT_THAT(said, HasSubstr("process " + std::to_string(::getpid()) + " uses this folder"));
  EXPECT_THAT(said, HasSubstr(folder_.string()));
  EXPECT_THAT(refusal_of(folder_), HasSubstr("this process itself"));
  settings.reset();
  EXPECT_EQ(in_another_process([&] { return refusal_of(folder_); }), "opened");
}

TEST_F(StateFolder, RefusesAFileThatIsNoDatabaseAndLeavesIt) {
  fs::create_directories(folder_);
  std::string bytes(5000, 'x');
  write_bytes(file_, bytes);
  std::string said = refusal_of(folder_);
  EXPECT_THAT(said, HasSubstr("is not a database"));
  EXPECT_THAT(said, HasSubstr(file_.string()));
  EXPECT_THAT(said, HasSubstr("do:"));
  EXPECT_EQ(read_bytes(file_), bytes);
}

TEST_F(StateFolder, RefusesADatabaseOfAnotherProgramAndLeavesIt) {
  run_sql("CREATE TABLE bookmark(x); INSERT INTO bookmark VALUES(1)");
  fs::permissions(file_, fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
  std::string bytes = read_bytes(file_);
  EXPECT_THAT(refusal_of(folder_), HasSubstr("another program"));
  EXPECT_EQ(read_bytes(file_), bytes);
  EXPECT_EQ(mode_of(file_), 0640U);
}

TEST_F(StateFolder, RefusesADatabaseOfANewerVersionAndLeavesIt) {
  open();
  run_sql("PRAGMA user_version = 7");
  std::string bytes = read_bytes(file_);
  std::string said = refusal_of(folder_);
  EXPECT_THAT(said, HasSubstr("newer"));
  EXPECT_THAT(said, HasSubstr("layout 7"));
  EXPECT_EQ(read_bytes(file_), bytes);
}

TEST_F(StateFolder, RefusesADatabaseWithoutItsTable) {
  open();
  run_sql("DROP TABLE setting");
  EXPECT_THAT(refusal_of(folder_), HasSubstr("no such table"));
}

/// A folder with a database that damage is done to.
class DamagedState : public StateFolder {
 protected:
  void SetUp() override {
    auto settings = open();
    for (int i = 0; i < 50; ++i) {
      std::string name = std::to_string(i);
      credentials_[name] = fmt::format("-----BEGIN {} KEY-----", i) + std::string(1500, 'v');
      ASSERT_TRUE(settings->apply(Changes{{"credentials", name, credentials_[name]}}));
      ASSERT_TRUE(settings->apply(Changes{{"small", name, name}}));
    }
    small_ = settings->section("small");
    settings.reset();
    sound_ = read_bytes(file_);
  }

  // Whether these bytes are refused. They are left then; else they give what was written, to the last byte.
  bool is_refused(const std::string& bytes) {
    fs::remove(folder_ / "device.sqlite-wal");
    fs::remove(folder_ / "device.sqlite-shm");
    write_bytes(file_, bytes);
    auto settings = open_settings(folder_);
    if (settings) {
      EXPECT_EQ((*settings)->section("credentials"), credentials_);
      EXPECT_EQ((*settings)->section("small"), small_);
      return false;
    }
    std::string said = to_block(settings.error());
    EXPECT_THAT(said, HasSubstr(file_.string()));
    EXPECT_THAT(said, testing::Not(HasSubstr("vvv"))) << "a value is shown";
    EXPECT_EQ(read_bytes(file_), bytes) << said;
    return true;
  }

  std::string sound_;
  Section credentials_;
  Section small_;
};

TEST_F(DamagedState, IsRefusedOrGivesAllThatWasWritten) {
  std::mt19937 random(7);
  int refused = 0;
  for (int round = 0; round < 100; ++round) {
    std::string bytes = sound_;
    std::uniform_int_distribution<std::size_t> place(0, sound_.size() - 64);
    if (round % 4 == 0) {
      bytes.resize(place(random));
    } else {
      bytes.replace(place(random), 64, std::string(64, static_cast<char>(random())));
    }
    refused += is_refused(bytes) ? 1 : 0;
  }
  EXPECT_GT(refused, 40);
}

TEST_F(DamagedState, IsRefusedForOneBit) {
  std::mt19937 random(9);
  int refused = 0;
  for (int round = 0; round < 200; ++round) {
    std::string bytes = sound_;
    std::size_t place = std::uniform_int_distribution<std::size_t>(0, sound_.size() - 1)(random);
    bytes[place] = static_cast<char>(bytes[place] ^ (1 << random() % 8));
    refused += is_refused(bytes) ? 1 : 0;
  }
  EXPECT_GT(refused, 50);
}

TEST_F(DamagedState, IsRefusedForAnyBitOfItsFirstPage) {
  for (std::size_t bit = 0; bit < 100 * 8; ++bit) {
    std::string bytes = sound_;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    is_refused(bytes);
  }
}

TEST_F(DamagedState, NamesTheRowWhoseValueIsNotWhatWasWritten) {
  std::string bytes = sound_;
  std::size_t place = bytes.find("-----BEGIN 17 KEY");
  ASSERT_NE(place, std::string::npos);
  bytes[place + 30] = 'w';
  ASSERT_TRUE(is_refused(bytes));
  EXPECT_THAT(refusal_of(folder_),
              HasSubstr("the row \"17\" of section \"credentials\" is not what was written"));
}

TEST_F(DamagedState, NamesARowByItsPlaceIfItsNameIsDamagedToo) {
  run_sql(
      "UPDATE setting SET key = CAST('-----BEGIN KEY-----vvv' AS BLOB) WHERE key = CAST('17' AS BLOB)"
      " AND section = CAST('credentials' AS BLOB)");
  ASSERT_TRUE(is_refused(read_bytes(file_)));
  EXPECT_THAT(refusal_of(folder_), HasSubstr("row 1 is not what was written, and its name is not either"));
}

TEST_F(DamagedState, IsRefusedForAValueOfAnotherType) {
  run_sql("UPDATE setting SET value = CAST(value AS TEXT) WHERE key = CAST('17' AS BLOB)");
  EXPECT_TRUE(is_refused(read_bytes(file_)));
}

TEST_F(StateFolder, RefusesAnEmptyFileAndLeavesIt) {
  fs::create_directories(folder_);
  write_bytes(file_, "");
  std::string said = refusal_of(folder_);
  EXPECT_THAT(said, HasSubstr("the database is damaged (it has 0 bytes)"));
  EXPECT_THAT(said, HasSubstr("move it away to start with an empty device"));
  EXPECT_EQ(fs::file_size(file_), 0U);
}

TEST_F(StateFolder, StartsAnewWhenTheFileWasMovedAway) {
  {
    auto settings = open();
    ASSERT_TRUE(settings->apply(Changes{{"a", "k", "1"}}));
    fs::rename(file_, outer_ / "moved");
    fs::copy_file(folder_ / "device.sqlite-wal", outer_ / "wal");
  }
  fs::rename(outer_ / "wal", folder_ / "device.sqlite-wal");
  write_bytes(folder_ / "device.sqlite.new", "a beginning that a kill has left");
  ASSERT_EQ(::chmod((folder_ / "device.sqlite.new").c_str(), 0600), 0);
  auto settings = open();
  EXPECT_EQ(settings->section("a"), Section{});
  EXPECT_TRUE(settings->apply(Changes{{"a", "k", "2"}}));
  EXPECT_FALSE(fs::exists(folder_ / "device.sqlite.new"));
}

// As the first version wrote it.
constexpr const char* layout_1 =
    "CREATE TABLE setting(section BLOB NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL,"
    " PRIMARY KEY(section, key)) WITHOUT ROWID;"
    "PRAGMA journal_mode = WAL; PRAGMA application_id = 0x41747461; PRAGMA user_version = 1;"
    "INSERT INTO setting VALUES(CAST('a' AS BLOB), CAST('k' AS BLOB), CAST('1' AS BLOB)),"
    " (CAST('a' AS BLOB), CAST('l' AS BLOB), CAST('2' AS BLOB)), (x'00FF', x'', x'')";

TEST_F(StateFolder, GivesDigestsToADatabaseThatHasNone) {
  run_sql(layout_1);
  Section all{{"k", "1"}, {"l", "2"}};
  for (int opening = 0; opening < 2; ++opening) {
    auto settings = open();
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->section("a"), all);
    EXPECT_EQ(settings->section(std::string_view("\0\xFF", 2)), (Section{{"", ""}}));
    ASSERT_TRUE(settings->apply(Changes{{"a", "k", "3"}}));
    all["k"] = "3";
  }
  run_sql("UPDATE setting SET value = x'39' WHERE key = x'6c'");
  EXPECT_THAT(refusal_of(folder_), HasSubstr("the row \"l\" of section \"a\" is not what was written"));
}

TEST_F(StateFolder, RefusesADatabaseOfNoKnownLayout) {
  open();
  run_sql("PRAGMA user_version = 0");
  EXPECT_THAT(refusal_of(folder_), HasSubstr("there is no layout 0"));
}

TEST_F(StateFolder, NamesAPathThatIsNoFolder) {
  write_bytes(outer_ / "file", "x");
  EXPECT_THAT(refusal_of(outer_ / "file"), HasSubstr("not a folder"));
  EXPECT_THAT(refusal_of(outer_ / "file" / "below"), HasSubstr("Not a directory"));
  EXPECT_THAT(refusal_of({}), HasSubstr("empty"));
}

TEST_F(StateFolder, NamesAFileThatIsAFolderOrALink) {
  fs::create_directories(file_);
  EXPECT_THAT(refusal_of(folder_), HasSubstr(file_.string()));
  fs::remove(file_);
  fs::create_symlink("/dev/null", file_);
  EXPECT_THAT(refusal_of(folder_), HasSubstr("symbolic link"));
}

// Rights do not bind root: the child becomes somebody else.
std::string refusal_to_nobody(const fs::path& folder) {
  return in_another_process([&]() -> std::string {
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) {
      return "cannot become nobody";
    }
    return refusal_of(folder);
  });
}

TEST_F(StateFolder, NamesAFolderThatCannotBeWritten) {
  open();
  fs::permissions(outer_, fs::perms::all);
  fs::permissions(folder_, fs::perms::owner_read | fs::perms::owner_exec | fs::perms::others_read |
                               fs::perms::others_exec);
  fs::remove(folder_ / "lock");
  std::string said = refusal_to_nobody(folder_);
  EXPECT_THAT(said, HasSubstr("Permission denied"));
  EXPECT_THAT(said, HasSubstr(folder_.string()));
  EXPECT_THAT(said, HasSubstr("write permission"));
  fs::permissions(folder_, fs::perms::owner_all);
}

TEST_F(StateFolder, NamesAFileThatCannotBeRead) {
  open();
  fs::permissions(outer_, fs::perms::all);
  fs::remove(folder_ / "lock");
  fs::permissions(file_, fs::perms::none);
  if (::geteuid() == 0) {
    ASSERT_EQ(::chown(folder_.c_str(), 65534, 65534), 0);
  }
  std::string said = refusal_to_nobody(folder_);
  EXPECT_THAT(said, HasSubstr(file_.string()));
  EXPECT_THAT(said, HasSubstr("Permission denied"));
}

TEST_F(StateFolder, ChangesNothingWhileAnotherProgramHoldsTheDatabase) {
  auto settings = open();
  ASSERT_TRUE(settings->apply(Changes{{"a", "k", "1"}}));
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(file_.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  auto refused = settings->apply(Changes{{"a", "k", "2"}, {"a", "l", "secret"}});
  ASSERT_FALSE(refused);
  EXPECT_THAT(to_block(refused.error()), HasSubstr("another program holds the database"));
  EXPECT_THAT(to_block(refused.error()), testing::Not(HasSubstr("secret")));
  EXPECT_EQ(settings->section("a"), (Section{{"k", "1"}}));
  sqlite3_close(other);
  EXPECT_TRUE(settings->apply(Changes{{"a", "k", "2"}}));
}

TEST_F(StateFolder, ChangesNothingWhenTheDiskIsFullAndGoesOnAfterwards) {
  std::string said = in_another_process([&]() -> std::string {
    auto settings = open_settings(folder_);
    if (!settings || !(*settings)->apply(Changes{{"a", "k", "1"}})) {
      return "cannot begin";
    }
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    rlimit small = limit;
    small.rlim_cur = 100'000;
    ::setrlimit(RLIMIT_FSIZE, &small);
    auto refused = (*settings)->apply(Changes{{"a", "k", "2"}, {"a", "l", std::string(500'000, 'v')}});
    ::setrlimit(RLIMIT_FSIZE, &limit);
    if (refused || (*settings)->section("a") != Section{{"k", "1"}}) {
      return "changed";
    }
    auto again = (*settings)->apply(Changes{{"b", "k", "3"}});
    return again ? to_block(refused.error()) : "cannot go on: " + to_block(again.error());
  });
  EXPECT_THAT(said, HasSubstr("cannot be saved"));
  EXPECT_THAT(said, HasSubstr(file_.string()));
  auto settings = open();
  EXPECT_EQ(settings->section("a"), (Section{{"k", "1"}}));
  EXPECT_EQ(settings->section("b"), (Section{{"k", "3"}}));
}

// A child that writes pairs for ever and says which pair is safe.
pid_t start_writer(const fs::path& folder, int said) {
  pid_t child = ::fork();
  if (child != 0) {
    return child;
  }
  auto settings = open_settings(folder);
  if (!settings) {
    ::_exit(1);
  }
  auto known = (*settings)->section("pair");
  std::uint32_t number = known.empty() ? 0 : parse_number<std::uint32_t>(known["left"]).value_or(0);
  while (true) {
    std::string value = std::to_string(++number);
    std::string filler(number % 7 * 3000, 'f');
    if (!(*settings)->apply(
            Changes{{"pair", "left", value}, {"filler", "f", filler}, {"pair", "right", value}}) ||
        ::write(said, &number, sizeof number) != sizeof number) {
      ::_exit(2);
    }
  }
}

TEST_F(StateFolder, LosesAndTearsNothingWhenKilledWhileItWrites) {
  std::mt19937 random(11);
  for (int round = 0; round < 40; ++round) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    pid_t child = start_writer(folder_, ends[1]);
    ::close(ends[1]);
    std::uint32_t safe = 0;
    for (auto left = 1 + random() % 30; left > 0; --left) {
      ASSERT_EQ(::read(ends[0], &safe, sizeof safe), static_cast<ssize_t>(sizeof safe));
    }
    ::usleep(static_cast<useconds_t>(random() % 500));  // Not to wait for something: to kill it anywhere.
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (::read(ends[0], &safe, sizeof safe) == static_cast<ssize_t>(sizeof safe)) {
    }
    ::close(ends[0]);
    auto settings = open();
    ASSERT_TRUE(settings);
    auto pair = settings->section("pair");
    EXPECT_EQ(pair["left"], pair["right"]);
    EXPECT_GE(parse_number<std::uint32_t>(pair["left"]).value_or(0), safe);
  }
}

TEST_F(StateFolder, OpensInAFewMilliseconds) {
  {
    auto settings = open();
    ASSERT_TRUE(settings->apply(Changes{{"credentials", "42", std::string(4000, 'c')}}));
  }
  auto best = std::chrono::steady_clock::duration::max();
  for (int i = 0; i < 5; ++i) {
    auto start = std::chrono::steady_clock::now();
    auto settings = open_settings(folder_);
    best = std::min(best, std::chrono::steady_clock::now() - start);
    ASSERT_TRUE(settings);
  }
  EXPECT_LT(best, std::chrono::milliseconds(50));  // A loaded machine and sanitizers; alone it takes < 1 ms.
  RecordProperty("microseconds",
                 static_cast<int>(std::chrono::duration_cast<std::chrono::microseconds>(best).count()));
}

}  // namespace
}  // namespace attache::base
