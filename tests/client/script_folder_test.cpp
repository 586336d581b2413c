#include "client/script_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace attache::client {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

class ScriptFolder : public ::testing::Test {
 protected:
  ScriptFolder() {
    std::string name = "/tmp/attache-XXXXXX";
    folder = ::mkdtemp(name.data());
  }
  ~ScriptFolder() override { fs::remove_all(folder); }

  std::string make(const std::string& name) const {
    fs::create_directories((folder / name).parent_path());
    std::ofstream(folder / name) << "> AT\n";
    return folder / name;
  }

  fs::path folder;
};

TEST_F(ScriptFolder, GivesAllScriptsInItSorted) {
  std::string last = make("b.at");
  std::string first = make("a.at");
  std::string deep = make("aa/deep/z.at");
  make("notes.txt");
  make(".hidden.at");
  make(".git/config.at");
  fs::create_directories(folder / "folder.at");
  fs::create_directory_symlink(folder, folder / "again");
  auto found = find_scripts(folder);
  ASSERT_TRUE(found);
  EXPECT_THAT(*found, ElementsAre(first, deep, last));
}

TEST_F(ScriptFolder, GivesAFileWhateverItsName) {
  EXPECT_THAT(*find_scripts(make("script.txt")), ElementsAre((folder / "script.txt").string()));
  EXPECT_THAT(*find_scripts(folder / "missing.at"), ElementsAre((folder / "missing.at").string()));
}

TEST_F(ScriptFolder, SaysThatThereIsNone) {
  make("notes.txt");
  auto found = find_scripts(folder);
  ASSERT_FALSE(found);
  EXPECT_EQ(base::summary(found.error()),
            "no scripts can be read from the folder " + folder.string() + ": there is no file *.at in it");
}

}  // namespace
}  // namespace attache::client
