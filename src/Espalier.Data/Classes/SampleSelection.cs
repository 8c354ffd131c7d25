using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Selects some samples of a data set; the indices are ascending.</summary>
internal static class SampleSelection
{
    /// <summary>The first samples where classes alternate, or a stratified random sample where samples of one class follow each other.</summary>
    internal static int[] Limit(IDataset source, int count, ulong seed) =>
        IsGroupedByClass(source) ? Stratified(source, count, new CounterRandom(seed).Stream("limit")) : [.. Enumerable.Range(0, count)];

    /// <summary>A random sample of all samples together.</summary>
    internal static int[] Random(IDataset source, int count, CounterRandom random) => [.. Shuffled(Enumerable.Range(0, source.Count), random).Take(count).Order()];

    /// <summary>A random sample with the same fraction of each class: rounded down, and one more for the classes with the largest remainders, of equal ones those with the fewest so far. A class is used up last.</summary>
    internal static int[] Stratified(IDataset source, int count, CounterRandom random)
    {
        int[][] classes = [.. Enumerable.Range(0, source.Count).GroupBy(source.LabelOf).OrderBy(group => group.Key).Select(group => Shuffled(group, random))];
        int[] taken = [.. classes.Select(members => (int)((long)members.Length * count / source.Count))];
        foreach (int place in Enumerable.Range(0, classes.Length)
            .OrderBy(place => taken[place] + 1 >= classes[place].Length)
            .ThenByDescending(place => (long)classes[place].Length * count % source.Count)
            .ThenBy(place => taken[place])
            .ThenBy(place => random.Stream("remainders").Bits((ulong)place))
            .Take(count - taken.Sum())
            .ToArray())
        {
            taken[place]++;
        }

        return [.. classes.SelectMany((members, place) => members.Take(taken[place])).Order()];
    }

    /// <summary>Whether more than half of the samples are followed by one of the same class, although there are several classes.</summary>
    private static bool IsGroupedByClass(IDataset source)
    {
        (int same, bool several) = (0, false);
        for (int i = 1; i < source.Count; i++)
        {
            bool alike = source.LabelOf(i) == source.LabelOf(i - 1);
            same += alike ? 1 : 0;
            several |= !alike;
        }

        return several && 2L * same > source.Count;
    }

    private static int[] Shuffled(IEnumerable<int> indices, CounterRandom random) => [.. indices.OrderBy(index => random.Bits((ulong)index)).ThenBy(index => index)];
}
