package misstep;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import scala.Option;
import scala.Tuple2;
import scala.collection.Iterator;
import scala.collection.mutable.ArrayBuffer;
import scienceworld.input.InputParser;
import scienceworld.input.InputParser$;
import scienceworld.objects.portal.Portal;
import scienceworld.runtime.AgentInterface;
import scienceworld.struct.EnvObject;

/**
 * Stands in front of some methods by which the simulator reads an action (see {@link Patches}), with the same results. It
 * compares the action with the names of all things, and makes these names anew for each of its patterns. While an action
 * is read nothing changes in the simulator, so here they are made once, and only of things that may be meant.
 *
 * <p>Each simulator has a copy of this class, and one thread.
 */
public final class Referents {
  /** What is known of things, by their numbers, while an action is read. */
  private static Map<Long, Referents> known;

  /** What is known of places, by their numbers, while things are listed. */
  private static final Map<Long, Referents> listed = new HashMap<>();

  private final EnvObject thing;
  private final EnvObject container;
  private String[] beginnings;
  private String[] names;
  private String[] places;

  private Referents(EnvObject thing, EnvObject container) {
    this.thing = thing;
    this.container = container;
  }

  /** {@code AgentInterface.processUserInput}: reads an action, and does not yet do it. */
  public static Tuple2 processUserInput(AgentInterface agent, String input, EnvObject universe) {
    known = new HashMap<>();
    try {
      return agent.processUserInput$original(input, universe);
    } finally {
      known = null;
    }
  }

  /** A part of {@code InputParser.matchObj}: what remains of the input behind each name of a thing that it begins with. */
  public static void $anonfun$matchObj$1(EnvObject container, String input, ArrayBuffer matches, EnvObject thing) {
    if (known != null) {
      boolean isMeant = false;
      Referents found = of(known, thing, container);
      if (found.beginnings == null) found.beginnings = beginningsOf(thing, container);
      for (String beginning : found.beginnings) isMeant |= input.startsWith(beginning);
      if (!isMeant) return;
    }
    InputParser.$anonfun$matchObj$1$original(container, input, matches, thing);
  }

  /** {@code InputParser.getObjectReferents}: what a thing may be called, seen from a container. */
  public static String[] getObjectReferents(InputParser$ parser, EnvObject thing, EnvObject container) {
    if (known == null) return parser.getObjectReferents$original(thing, container);
    Referents found = of(known, thing, container);
    if (found.names == null) found.names = parser.getObjectReferents$original(thing, container);
    return found.names.clone();
  }

  private static Referents of(Map<Long, Referents> all, EnvObject thing, EnvObject container) {
    Referents found = all.get(thing.uuid());
    if (found == null || found.thing != thing || found.container != container) {
      found = new Referents(thing, container);
      all.put(thing.uuid(), found);
    }
    return found;
  }

  /** Each name of a thing is one of these, or one of these followed by where it is. */
  private static String[] beginningsOf(EnvObject thing, EnvObject container) {
    List<String> beginnings = new ArrayList<>();
    for (String referent : lowerCase(referentsOf(thing, container))) {
      if (!referent.trim().isEmpty()) beginnings.add(String.join(" ", InputParser$.MODULE$.tokenize(referent)));
    }
    return beginnings.toArray(new String[0]);
  }

  /** Where a thing is, in all words for it. */
  private static String[] placesOf(EnvObject thing) {
    Option container = thing.getContainer();
    if (!container.isDefined()) return new String[0];
    EnvObject place = (EnvObject) container.get();
    Referents found = of(listed, place, null);
    if (found.places == null) {
      List<String> words = new ArrayList<>();
      for (String referent : lowerCase(place.getReferents())) {
        words.add(" in ".concat(referent));
        words.add(" on ".concat(referent));
      }
      found.places = words.toArray(new String[0]);
    }
    return found.places;
  }

  private static scala.collection.immutable.Set referentsOf(EnvObject thing, EnvObject container) {
    return thing instanceof Portal ? ((Portal) thing).getReferents(container) : thing.getReferents();
  }

  private static List<String> lowerCase(scala.collection.immutable.Set texts) {
    List<String> all = new ArrayList<>();
    for (Iterator rest = texts.iterator(); rest.hasNext(); ) all.add(((String) rest.next()).toLowerCase());
    return all;
  }

  /** {@code InputParser.tokenize}: the words of a text, without articles. */
  public static String[] tokenize(InputParser$ parser, String text) {
    if (!isPlain(text)) return parser.tokenize$original(text);
    List<String> left = Arrays.asList(parser.stopWords());
    List<String> words = new ArrayList<>();
    for (int start = 0, end; start < text.length(); start = end + 1) {
      end = text.indexOf(' ', start);
      if (end < 0) end = text.length();
      String word = text.substring(start, end);
      if (!left.contains(word)) words.add(word);
    }
    return words.toArray(new String[0]);
  }

  /** Whether a text is words with one space between them, and no other white space. */
  private static boolean isPlain(String text) {
    char before = ' ';
    for (int i = 0; i < text.length(); i++) {
      char next = text.charAt(i);
      if (next < ' ' || (next == ' ' && before == ' ')) return false;
      before = next;
    }
    return before != ' ';
  }

  /** A part of {@code InputParser.getAllUniqueReferentsObjList}: adds the sorted names of a thing to those of others. */
  public static void $anonfun$getAllUniqueReferentsObjList$1(ArrayBuffer all, EnvObject container, EnvObject thing) {
    // A list has been begun: things may have changed since the last one.
    if (all.size() == 0) listed.clear();
    String[] places = placesOf(thing);
    Set<String> names = new TreeSet<>();
    for (String referent : lowerCase(referentsOf(thing, container))) {
      if (referent.trim().isEmpty()) continue;
      names.add(referent);
      for (String place : places) names.add(referent.concat(place));
    }
    names.removeIf(name -> name.length() < 2);
    all.$plus$eq(names.toArray(new String[0]));
  }

  /** {@code InputParser.filterDuplicateReferents}: of each thing's names those that no other has, or all if there are none. */
  public static String[][] filterDuplicateReferents(InputParser$ parser, String[][] names) {
    listed.clear();
    Map<String, int[]> counts = new HashMap<>();
    int[][][] counters = new int[names.length][][];
    for (int i = 0; i < names.length; i++) {
      counters[i] = new int[names[i].length][];
      for (int j = 0; j < names[i].length; j++) {
        counters[i][j] = counts.computeIfAbsent(names[i][j].toLowerCase(), name -> new int[1]);
        counters[i][j][0]++;
      }
    }
    String[][] unique = new String[names.length][];
    for (int i = 0; i < names.length; i++) {
      List<String> kept = new ArrayList<>();
      for (int j = 0; j < names[i].length; j++) if (counters[i][j][0] == 1) kept.add(names[i][j]);
      unique[i] = kept.isEmpty() ? names[i] : kept.toArray(new String[0]);
    }
    return unique;
  }
}
