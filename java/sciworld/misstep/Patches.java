package misstep;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Which slow methods are replaced by ours. Ours were made for one build of the simulator and of the Scala library in it,
 * where they are known to give the same results; in any other build nothing is replaced.
 */
final class Patches {
  /** Of all classes of ScienceWorld 1.2.3, which has Scala 2.12.9; see {@link #fingerprint}. */
  private static final long KNOWN_BUILD = 4167476417100243649L;

  static final Patches NONE = new Patches("", Collections.emptyMap());
  static final Patches OF_LIBRARY = new Patches("misstep.Sets", ofLibrary());
  static final Patches OF_SIMULATOR = new Patches("misstep.Referents", ofSimulator());

  private final String helper;
  private final Map<String, List<String>> methods;

  private Patches(String helper, Map<String, List<String>> methods) {
    this.helper = helper;
    this.methods = methods;
  }

  private static Map<String, List<String>> ofLibrary() {
    String sets = "scala.collection.mutable.";
    Map<String, List<String>> methods = new HashMap<>();
    methods.put(sets + "HashSet", Arrays.asList("addEntry(Ljava/lang/Object;)Z"));
    methods.put(
        sets + "AbstractSet",
        Arrays.asList("$plus$plus$eq(Lscala/collection/TraversableOnce;)Lscala/collection/generic/Growable;"));
    methods.put("scala.collection.AbstractTraversable", Arrays.asList("toSet()Lscala/collection/immutable/Set;"));
    return methods;
  }

  private static Map<String, List<String>> ofSimulator() {
    String parser = "scienceworld.input.InputParser";
    String thing = "Lscienceworld/struct/EnvObject;";
    String text = "Ljava/lang/String;";
    String list = "Lscala/collection/mutable/ArrayBuffer;";
    Map<String, List<String>> methods = new HashMap<>();
    methods.put(
        "scienceworld.runtime.AgentInterface",
        Arrays.asList("processUserInput(" + text + thing + ")Lscala/Tuple2;"));
    methods.put(
        parser,
        Arrays.asList(
            "$anonfun$matchObj$1(" + thing + text + list + thing + ")V",
            "$anonfun$getAllUniqueReferentsObjList$1(" + list + thing + thing + ")V"));
    methods.put(
        parser + "$",
        Arrays.asList(
            "getObjectReferents(" + thing + thing + ")[" + text,
            "tokenize(" + text + ")[" + text,
            "filterDuplicateReferents([[" + text + ")[[" + text));
    return methods;
  }

  /** Whether this is the build that ours were made for. */
  static boolean fit(URL jar) {
    try {
      return fingerprint(new File(jar.toURI())) == KNOWN_BUILD;
    } catch (IOException | URISyntaxException unreadable) {
      return false;
    }
  }

  /** Of the names and checksums of all classes, in whatever order they are packed. */
  private static long fingerprint(File jar) throws IOException {
    long sum = 0;
    try (ZipFile zip = new ZipFile(jar)) {
      for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
        ZipEntry entry = all.nextElement();
        if (entry.getName().endsWith(".class")) sum = sum + (entry.getName().hashCode() | 1L) * (entry.getCrc() + 1);
      }
    }
    return sum;
  }

  boolean isHelper(String name) {
    return name.equals(helper);
  }

  boolean change(String name) {
    return methods.containsKey(name);
  }

  byte[] apply(String name, byte[] bytes) throws IOException {
    return Wrapping.wrap(bytes, helper.replace('.', '/'), methods.get(name));
  }
}
