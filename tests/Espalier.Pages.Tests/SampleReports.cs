using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Models;
using Espalier.Training;

namespace Espalier.Pages.Tests;

/// <summary>Reports that tests open, each written once.</summary>
internal static class SampleReports
{
    internal const string Hostile = "</script><img src=x onerror=alert(1)> \"quoted\" 'it' & <b>bold</b>";

    private static readonly TemporaryFolder s_folder = Temporary();
    private static readonly Lazy<string> s_one = new(() => Write("one", First(), Everything()));
    private static readonly Lazy<string> s_two = new(() => Write("two", First(), Everything() with { Against = new ReportedModel(Second()) { Name = "narrow", Evaluation = Evaluate(Second()) } }));
    private static readonly Lazy<string> s_hostile = new(() => Write("hostile", WithText(First()), new ModelReportOptions { Name = Hostile, Evaluation = Evaluate(WithText(First())), Explanations = [new(Hostile) { Caption = Hostile, Picture = Picture() }] }));

    /// <summary>A small network with everything that a report shows.</summary>
    internal static string One => s_one.Value;

    /// <summary>The same beside a narrower one.</summary>
    internal static string Two => s_two.Value;

    /// <summary>One whose name, labels and settings look like markup.</summary>
    internal static string WithHostileText => s_hostile.Value;

    /// <summary>The report by its name.</summary>
    internal static string Of(string name) => name switch
    {
        "one" => One,
        "two" => Two,
        "hostile" => WithHostileText,
        _ => Network(name),
    };

    /// <summary>The report of a network of the zoo.</summary>
    internal static string Network(string name)
    {
        lock (s_folder)
        {
            string path = s_folder[$"{name}.html"];
            return File.Exists(path) ? path : Write(name, Zoo.Create(name).Initialize(0), new ModelReportOptions());
        }
    }

    private static Model First()
    {
        Model model = TinyData.Model();
        ModelFigures figures = ModelFigures.Of(model) with { Bytes = 1_100_000 };
        return model
            .Record(new LineageEntry("train", [new("epochs", "3"), new("source", "flowers")], [])).WithFigures(figures with { Accuracy = 0.915, Milliseconds = 0.41 })
            .Record(new LineageEntry("prune", [new("granularity", "channels"), new("amount", "0.5")], [])).WithFigures(figures with { Accuracy = 0.85, Milliseconds = 0.3 })
            .Record(new LineageEntry("finetune", [new("epochs", "3")], [])).WithFigures(figures with { Accuracy = 0.905, Milliseconds = 0.3 });
    }

    private static Model Second() => First().Prune(PruneOptions.Channels(0.5)).Model.Prune(PruneOptions.Weights(0.6)).Model;

    private static Model WithText(Model model) => model.With(model.Metadata with
    {
        Architecture = Hostile,
        Labels = [.. Enumerable.Range(0, 10).Select(i => $"{Hostile}{i}")],
        Lineage = [.. model.Metadata.Lineage.Select(entry => entry with { Action = Hostile, Settings = [new("source", Hostile), new(Hostile, Hostile)] })],
    });

    private static ModelReportOptions Everything() => new()
    {
        Name = "flowers",
        Evaluation = Evaluate(First()),
        Time = true,
        Training = [.. Enumerable.Range(1, 12).Select(i => new EpochRecord(i, 140 * i, 0.1 / i, 2.0 / i, 1 - (0.8 / i), 2.1 / i, 1 - (0.9 / i), 12, 750))],
        Explanations = [new("layer3") { Caption = "Where the network looks.", Picture = Picture(), Numbers = [new("share of the image", 0.25), new("pixels", 256)] }],
    };

    private static ClassificationReport Evaluate(Model model)
    {
        using var folder = new TemporaryFolder();
        using var classifier = new ImageClassifier(model.With(model.Metadata with { Labels = TinyData.Model().Metadata.Labels }), new ImageClassifierOptions { Threads = 1 });
        return classifier.Evaluate(TinyData.WriteCifar(folder, 60));
    }

    private static byte[] Picture()
    {
        using var folder = new TemporaryFolder();
        PngEncoder.Save(TinyData.Picture(3), folder.File("picture.png"));
        return File.ReadAllBytes(folder["picture.png"]);
    }

    private static string Write(string name, Model model, ModelReportOptions options)
    {
        string path = s_folder[$"{name}.html"];
        model.WriteReport(path, options);
        return path;
    }

    private static TemporaryFolder Temporary()
    {
        var folder = new TemporaryFolder();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        return folder;
    }
}
