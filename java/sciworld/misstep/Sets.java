package misstep;

import scala.collection.AbstractTraversable;
import scala.collection.TraversableOnce;
import scala.collection.generic.Growable;
import scala.collection.immutable.HashSet$HashSetCollision1;
import scala.collection.immutable.ListSet;
import scala.collection.immutable.ListSet$EmptyListSet$;
import scala.collection.immutable.ListSet$Node;
import scala.collection.immutable.Set;
import scala.collection.mutable.AbstractSet;
import scala.collection.mutable.FlatHashTable$;
import scala.collection.mutable.HashSet;

/**
 * Stands in front of some methods of the Scala library's sets (see {@link Patches}), with the same results, the order of
 * elements included. Constant identity hashes turn these sets into lists, and every element that is added is compared to
 * all others. Elements that come out of one set differ from each other: they need no comparing when a set is copied,
 * grows, or is joined to another.
 */
public final class Sets {
  private static final Object[] NONE = {};

  private Sets() {}

  /** {@code HashSet.addEntry}: as it was, with less to do for each comparison. */
  public static boolean addEntry(HashSet set, Object entry) {
    // Numbers of different kinds can be equal in Scala.
    if (isNumeric(entry) || set.sizemap() != null) return set.addEntry$original(entry);
    Object[] table = set.table();
    int last = table.length - 1;
    int at = set.index(entry.hashCode());
    for (Object other = table[at]; other != null; other = table[at]) {
      if (other == entry || other.equals(entry)) return false;
      at = (at + 1) & last;
    }
    table[at] = entry;
    count(set);
    return true;
  }

  /** {@code AbstractSet.++=}, all elements of another set. */
  public static Growable $plus$plus$eq(AbstractSet to, TraversableOnce from) {
    if (to.getClass() == HashSet.class && ((HashSet) to).sizemap() == null) {
      HashSet set = (HashSet) to;
      Object[] added = alike(from);
      Object[] known = added == null || set.tableSize() == 0 ? NONE : alike(set);
      if (added != null && known != null && (known.length == 0 || known[0].hashCode() == added[0].hashCode())) {
        add(set, known, added);
        return set;
      }
    }
    return to.$plus$plus$eq$original(from);
  }

  /** {@code AbstractTraversable.toSet}: what comes of adding one element after the other to an immutable set. */
  public static Set toSet(AbstractTraversable from) {
    // Sets of up to four elements are of other classes.
    boolean isSmall = from.getClass() == HashSet.class && ((HashSet) from).tableSize() < 5;
    Object[] elements = isSmall ? null : alike(from);
    if (elements == null || elements.length < 5) return from.toSet$original();
    ListSet list = ListSet$EmptyListSet$.MODULE$;
    for (Object element : elements) list = new ListSet$Node(list, element);
    int hash = new scala.collection.immutable.HashSet().improve(elements[0].hashCode());
    return new HashSet$HashSetCollision1(hash, list);
  }

  private static boolean isNumeric(Object value) {
    return value instanceof Number || value instanceof Character;
  }

  /** The elements of a set in its order, if it has any and they have all the same hash; otherwise null. */
  private static Object[] alike(TraversableOnce from) {
    if (from.getClass() == HashSet.class) return alikeIn((HashSet) from);
    if (from.getClass() != HashSet$HashSetCollision1.class) return null;
    Object[] elements = ofList(((HashSet$HashSetCollision1) from).ks());
    for (Object element : elements) if (!isLike(elements[0], element)) return null;
    return elements;
  }

  private static Object[] alikeIn(HashSet set) {
    Object[] elements = new Object[set.tableSize()];
    int count = 0;
    for (Object entry : set.table()) {
      if (entry == null) continue;
      elements[count++] = entry;
      if (!isLike(elements[0], entry)) return null;
    }
    return count == 0 ? null : elements;
  }

  private static boolean isLike(Object first, Object element) {
    int hash = element.hashCode();
    // 0 is the hash of what stands for null.
    return hash != 0 && hash == first.hashCode() && !isNumeric(element);
  }

  /** Such a list leads from the last element to the first. */
  private static Object[] ofList(ListSet list) {
    Object[] elements = new Object[list.size()];
    int count = elements.length;
    for (ListSet rest = list; !rest.isEmpty(); rest = rest.next()) elements[--count] = rest.elem();
    return elements;
  }

  private static void add(HashSet set, Object[] known, Object[] added) {
    Object[] table = null;
    int at = 0;
    for (Object element : added) {
      if (contains(known, element)) continue;
      // All go to the first free place after the same one: no need to look again at those that are taken.
      if (table != set.table()) at = set.index(element.hashCode());
      table = set.table();
      while (table[at] != null) at = (at + 1) & (table.length - 1);
      table[at] = element;
      count(set);
    }
  }

  private static boolean contains(Object[] known, Object element) {
    for (Object other : known) if (other == element || other.equals(element)) return true;
    return false;
  }

  private static void count(HashSet set) {
    int size = set.tableSize() + 1;
    set.tableSize_$eq(size);
    if (size >= set.threshold()) grow(set);
  }

  private static void grow(HashSet set) {
    Object[] before = set.table();
    Object[] table = new Object[before.length * 2];
    set.table_$eq(table);
    set.seedvalue_$eq(set.tableSizeSeed());
    set.threshold_$eq(FlatHashTable$.MODULE$.newThreshold(set._loadFactor(), table.length));
    int home = -1;
    int at = 0;
    for (Object entry : before) {
      if (entry == null) continue;
      int wanted = set.index(entry.hashCode());
      if (wanted != home) at = wanted;
      home = wanted;
      while (table[at] != null) at = (at + 1) & (table.length - 1);
      table[at] = entry;
    }
  }
}
