package scala.collection.immutable;

public class ListSet$EmptyListSet$ extends ListSet {
  public static ListSet$EmptyListSet$ MODULE$;
}
