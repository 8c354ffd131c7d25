using Espalier.Data;
using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Tests;

/// <summary>A classifier that has been disposed of answers nothing, whatever it ran on.</summary>
public sealed class ImageClassifierLifetimeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Kinds => ["own threads", "one thread", "shared threads", "reference"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_disposed_classifier_answers_no_call(string kind)
    {
        using var workers = new WorkerPool(2);
        var classifier = new ImageClassifier(TinyData.Model(), kind switch
        {
            "own threads" => new ImageClassifierOptions { Threads = 2 },
            "one thread" => new ImageClassifierOptions { Threads = 1 },
            "shared threads" => new ImageClassifierOptions { Workers = workers },
            _ => new ImageClassifierOptions { Runtime = Runtimes.Reference },
        });
        Image picture = TinyData.Picture(1);
        string missing = _folder.File("missing.png"); // which is not looked for any more
        float[] input = new float[classifier.InputShape.Count], output = new float[classifier.ClassCount];
        classifier.Dispose();
        classifier.Dispose();

        Action[] calls =
        [
            () => classifier.Classify(missing),
            () => classifier.Classify(new MemoryStream()),
            () => classifier.Classify(new byte[3]),
            () => classifier.Classify(new ReadOnlyMemory<byte>([1])),
            () => classifier.TryClassify(new byte[3], out _, out _),
            () => classifier.Classify(picture),
            () => classifier.Classify(picture.Pixels.Span, picture.Width, picture.Height),
            () => classifier.ClassifyAll([missing]),
            () => classifier.ClassifyAll([picture]),
            () => classifier.ClassifyAll(new GeneratedShapes(2)),
            () => classifier.Evaluate(missing),
            () => classifier.Evaluate(new GeneratedShapes(2)),
            () => classifier.Run(input, output),
        ];
        Assert.All(calls, call => Assert.Equal(typeof(ImageClassifier).FullName, Assert.Throws<ObjectDisposedException>(call).ObjectName));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => classifier.ClassifyAllAsync([missing], cancellation: TestContext.Current.CancellationToken));
    }
}
