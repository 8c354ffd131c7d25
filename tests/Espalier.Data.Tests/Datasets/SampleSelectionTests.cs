using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Data.Tests.Datasets;

public class SampleSelectionTests
{
    [Fact(DisplayName = "Faults: --limit N on class folders is a seeded sample of all classes")]
    public void A_limit_on_folders_keeps_all_classes()
    {
        using TemporaryFolder folder = Folders(("a", 40), ("b", 20), ("c", 20));
        IDataset data = DataSource.OpenForEvaluation(folder.Path);
        IDataset limited = Subset.Limit(data, 20), again = Subset.Limit(data, 20), other = Subset.Limit(data, 20, seed: 1);

        Assert.Equal([10, 5, 5], Counts(limited));
        Assert.Equal(Names(limited), Names(again));
        Assert.NotEqual(Names(limited), Names(other));
        Assert.NotEqual(Names(new Subset(data, Enumerable.Range(0, 10))), Names(limited).Take(10));
        Assert.Equal([3, 2, 2], Counts(Subset.Limit(data, 7)).OrderDescending());
        Assert.Equal(Names(limited), Names(new OutputClasses(data.Labels, 3).Match(data).Limit(20)));
    }

    [Fact(DisplayName = "Faults: --limit N on data whose classes alternate is the first N, as before")]
    public void A_limit_on_mixed_data_is_the_first()
    {
        var shapes = new GeneratedShapes(30, 8);
        Assert.Equal(Names(shapes).Take(7), Names(Subset.Limit(shapes, 7)));
    }

    [Fact(DisplayName = "Faults: without val/ the hold-out is stratified: the same share of every class")]
    public void The_hold_out_is_stratified()
    {
        using TemporaryFolder folder = Folders(("a", 60), ("b", 30), ("c", 10), ("d", 1));
        TrainingData data = DataSource.Open(folder.Path), again = DataSource.Open(folder.Path), other = DataSource.Open(folder.Path, DataSourceOptions.Default with { Seed = 3 });

        Assert.Equal([6, 3, 1], Counts(data.Validation).Take(3));
        Assert.Equal([54, 27, 9, 1], Counts(data.Training)); // the only image of a class is trained on
        Assert.Equal(Names(data.Validation), Names(again.Validation));
        Assert.Equal(Counts(data.Validation), Counts(other.Validation));
        Assert.NotEqual(Names(data.Validation), Names(other.Validation));
        Assert.Equal(101, Names(data.Training).Union(Names(data.Validation)).Count());
    }

    [Fact]
    public void A_hold_out_without_regard_to_classes_is_that_of_earlier_versions()
    {
        using var folder = new TemporaryFolder();
        folder.Write("data.bin", TestFiles.Cifar([.. Enumerable.Range(0, 20).Select(i => new[] { (byte)(i % 10) })]));
        TrainingData data = DataSource.Open(folder.Path, DataSourceOptions.Default with { Stratified = false, ValidationShare = 0.3 });

        CounterRandom random = new CounterRandom(0).Stream("split");
        IDataset all = DataSource.OpenForEvaluation(folder.Path);
        string[] held = [.. Enumerable.Range(0, 20).OrderBy(index => random.Bits((ulong)index)).Take(6).Order().Select(all.NameOf)];
        Assert.Equal(held, Names(data.Validation));
        Assert.Equal(Names(all).Except(held), Names(data.Training));
    }

    private static TemporaryFolder Folders(params (string Name, int Count)[] classes)
    {
        var folder = new TemporaryFolder();
        foreach ((string name, int count) in classes)
        {
            for (int i = 0; i < count; i++)
            {
                folder.Write($"{name}/{i:000}.png", TestFiles.Png(1));
            }
        }

        return folder;
    }

    private static int[] Counts(IDataset data) => [.. Enumerable.Range(0, data.Labels.Count).Select(label => Enumerable.Range(0, data.Count).Count(index => data.LabelOf(index) == label))];

    private static string[] Names(IDataset data) => [.. Enumerable.Range(0, data.Count).Select(data.NameOf)];
}
