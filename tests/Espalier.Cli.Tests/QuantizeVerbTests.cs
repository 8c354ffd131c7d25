using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Espalier.Cli.Tests.Machine;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Kernels;

namespace Espalier.Cli.Tests;

public sealed class QuantizeVerbTests : IDisposable
{
    private const int Images = 40;

    private readonly TemporaryFolder _folder = new();
    private readonly string _model;
    private readonly string _data;
    private readonly string _output;

    public QuantizeVerbTests()
    {
        _model = TinyData.WriteModel(_folder);
        _data = TinyData.WriteCifar(_folder, Images);
        _output = _folder.File("small.espalier");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_quantized_network_is_written_with_its_noise_and_remembers_it()
    {
        string[] files = [_folder.File("noise.csv"), _folder.File("noise.svg")];

        JsonElement json = Quantize("--images", "20", "--verify", _data, "--csv", files[0], "--svg", files[1], "--measure").Json();

        Assert.Equal($"20 of 40 images of {_data}, the same share of each class (seed 0)", json.GetProperty("calibration").GetString());
        Model written = ModelFile.Read(_output);
        Assert.Equal(20, written.Graph.Nodes.Count(node => QuantizedLayer.Is(node.Op)));
        Assert.DoesNotContain(written.Graph.Nodes, node => node.Op is BatchNorm);
        Assert.Equal(19, json.GetProperty("merges").GetInt32());
        Assert.Empty(json.GetProperty("kept_float").EnumerateArray());
        int points = written.Graph.Nodes.Count(node => node.Op is Quantize);
        Assert.Equal(points, json.GetProperty("noise").GetArrayLength());
        Assert.All(json.GetProperty("noise").EnumerateArray(), value => Assert.InRange(value.GetProperty("decibels").GetDouble(), 5, 70));
        Assert.Equal("value,layer,observer,scale,zero_point,decibels", File.ReadLines(files[0]).First());
        Assert.Equal(1 + points, File.ReadLines(files[0]).Count());
        Assert.Equal(1 + points, XDocument.Load(files[1]).Root!.Descendants().Count(element => element.Name.LocalName == "rect"));
        Assert.Equal(["load", "quantize"], written.Metadata.Lineage.Select(step => step.Action));
        JsonElement verify = json.GetProperty("verify");
        Assert.Equal((Images, _data), (verify.GetProperty("samples").GetInt32(), verify.GetProperty("data").GetString()));
        Assert.Equal(verify.GetProperty("top1_after").GetInt32() / (double)Images, written.LastFigures()!.Value.Accuracy);
        Assert.Equal(verify.GetProperty("top1_before").GetInt32() / (double)Images, ModelFigures.Of(written.Metadata.Lineage[0])!.Value.Accuracy);
        Assert.Equal(new FileInfo(_output).Length, written.LastFigures()!.Value.Bytes);
        Assert.True(written.LastFigures()!.Value.Milliseconds > 0 && json.GetProperty("before").GetProperty("ms").GetDouble() > 0);
        Assert.Contains(written.Metadata.Lineage[1].Settings, setting => setting is { Name: "images", Value: "20" });
    }

    [Fact]
    public async Task Where_code_cannot_be_emitted_one_line_says_so_and_answers_stay()
    {
        Assert.SkipUnless(IntegerTier.Avx512Vnni.IsSupported, "This machine has no instructions for which code is emitted.");
        Quantize("--observer", "min-max", "--verify", _data);

        CliRun usual = await Child.Run(["evaluate", _output, "--data", _data]);
        CliRun without = await Child.Run(["evaluate", _output, "--data", _data], ("ESPALIER_EMIT", "0"));

        Assert.DoesNotContain("8-bit layers run on", usual.Error, StringComparison.Ordinal);
        Assert.Single(without.Error.Split('\n'), line => line.Contains("8-bit layers run on", StringComparison.Ordinal) && line.Contains("ESPALIER_EMIT=0", StringComparison.Ordinal));
        static IEnumerable<string> Answers(CliRun run) => run.Out.Split('\n').Where(line => !line.StartsWith("time ", StringComparison.Ordinal));
        Assert.Equal(Answers(usual), Answers(without));
    }

    [Fact]
    public void What_is_written_is_evaluated_compared_and_exported_with_the_same_answers()
    {
        int right = Quantize("--verify", _data).Json().GetProperty("verify").GetProperty("top1_after").GetInt32();
        string onnx = _folder.File("small.onnx");

        Assert.Equal(right, CliRun.Of("evaluate", _output, "--data", _data, "--json").Json().GetProperty("top1_correct").GetInt32());
        Assert.Equal(ExitCode.Success, CliRun.Of("convert", _output, onnx).Code);
        Assert.Equal(right, CliRun.Of("evaluate", onnx, "--data", _data, "--json").Json().GetProperty("top1_correct").GetInt32());
        JsonElement compared = CliRun.Of("compare", _model, _output, "--data", _data, "--json").Json();
        Assert.Equal(right / (double)Images, compared.GetProperty("b").GetProperty("accuracy").GetDouble());
    }

    [Fact]
    public void Bytes_and_bits_are_shown_wherever_models_are()
    {
        CliRun run = Quantize(json: false);

        Assert.Contains("bits each", run.Out, StringComparison.Ordinal);
        Assert.Contains("8 bits ", run.Out, StringComparison.Ordinal);
        double bits = CliRun.Of("summary", _output, "--json").Json().GetProperty("bits_per_parameter").GetDouble();
        Assert.InRange(bits, 8, 9);
        JsonElement compared = CliRun.Of("compare", _model, _output, "--json").Json();
        Assert.Equal((32, bits), (compared.GetProperty("a").GetProperty("bits").GetDouble(), compared.GetProperty("b").GetProperty("bits").GetDouble()));
        Assert.InRange(compared.GetProperty("b").GetProperty("bytes").GetInt64() / (double)compared.GetProperty("a").GetProperty("bytes").GetInt64(), 0.2, 0.4);
        string shown = bits.ToString("0.##", CultureInfo.InvariantCulture);
        Assert.Contains(CliRun.Of("compare", _model, _output).Out.Split('\n'), line => line.Contains("bits each", StringComparison.Ordinal) && line.Contains(shown, StringComparison.Ordinal));
        CliRun history = CliRun.Of("history", _output);
        Assert.Contains("bits each", history.Out, StringComparison.Ordinal);
        Assert.Contains(shown, history.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("bits each", CliRun.Of("compare", _model, _model).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Predictions_of_both_networks_stand_side_by_side()
    {
        Quantize();
        string image = _folder.File("image.png"), broken = _folder.Write("broken.png", [1, 2, 3]);
        PngEncoder.Save(TinyData.Picture(3), image);

        JsonElement answer = CliRun.Of("compare", _model, _output, "--image", image, "--top", "3", "--json").Json().GetProperty("answers")[0];

        Assert.Equal(image, answer.GetProperty("image").GetString());
        foreach ((string side, string model) in new[] { ("a", _model), ("b", _output) })
        {
            JsonElement alone = CliRun.Of("classify", model, image, "--top", "3", "--json").Json()[0].GetProperty("predictions");
            Assert.Equal(alone.GetRawText(), answer.GetProperty(side).GetRawText(), ignoreAllWhiteSpace: true);
        }

        CliRun text = CliRun.Of("compare", _model, _output, "--image", image, broken, "--exif", "off");
        Assert.Equal(ExitCode.UserError, text.Code);
        Assert.Contains($"warning: {broken}", text.Error, StringComparison.Ordinal);
        Assert.Contains(image, text.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_other_data_networks_are_compared_on_what_calibration_did_not_use()
    {
        Assert.Equal((20, $"images of {_data} that calibration did not use"), Verified("--data", _data, "--images", "20"));
        Assert.Equal((Images, $"the images of {_data} that calibration used, since there are no others"), Verified("--data", _data));
        string cifar = _folder.File("cifar");
        Directory.CreateDirectory(cifar);
        for (int i = 1; i <= 5; i++)
        {
            File.Copy(_data, Path.Combine(cifar, $"data_batch_{i}.bin"));
        }

        File.Copy(_data, Path.Combine(cifar, "test_batch.bin"));
        Assert.Equal((Images, $"the validation part of {cifar}"), Verified("--data", cifar, "--images", "20"));
        Assert.Equal((7, $"the validation part of {cifar}"), Verified("--data", cifar, "--images", "20", "--limit", "7"));
        Assert.Equal((4, "random"), Verified("--data", cifar, "--images", "20", "--verify", "random"));
    }

    [Fact]
    public void Images_of_foreign_classes_calibrate_and_are_compared_without_accuracy()
    {
        string photos = _folder.File("photos");
        foreach (string name in new[] { "beach", "city" })
        {
            Directory.CreateDirectory(Path.Combine(photos, name));
            PngEncoder.Save(TinyData.Picture(name.Length), Path.Combine(photos, name, "1.png"));
        }

        CliRun run = CliRun.Of("quantize", _model, "--data", photos, "--dry-run", "--json");

        JsonElement verify = run.Json().GetProperty("verify");
        Assert.Equal(2, verify.GetProperty("samples").GetInt32());
        Assert.False(verify.TryGetProperty("top1_after", out _));
        Assert.Contains("none of them is among its labels", run.Error, StringComparison.Ordinal);
        Assert.Contains("so the accuracy is not measured", run.Error, StringComparison.Ordinal);
        CliRun bare = CliRun.Of("quantize", _model, "--data", Path.Combine(photos, "city"), "--dry-run", "--json");
        Assert.Equal(1, bare.Json().GetProperty("verify").GetProperty("samples").GetInt32());
    }

    [Fact]
    public void Layers_stay_in_floating_point_as_named()
    {
        JsonElement json = Quantize("--keep-float", "conv1", "layer3.*.conv2").Json();

        string[] kept = ["conv1", "layer3.0.conv2", "layer3.1.conv2", "layer3.2.conv2"];
        Assert.Equal(kept, json.GetProperty("kept_float").EnumerateArray().Select(name => name.GetString()));
        Model written = ModelFile.Read(_output);
        Assert.All(kept, name => Assert.False(QuantizedLayer.Is(written.Graph[name].Op)));
        Assert.Contains("in floating point: conv1, layer3.0.conv2", Quantize(json: false, "--keep-float", "conv1", "layer3.*.conv2").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_are_sought_to_keep_in_floating_point()
    {
        JsonElement json = Quantize("--images", "20", "--keep-float", "auto", "--max-loss", "0").Json();

        JsonElement search = json.GetProperty("search");
        JsonElement[] trials = [.. search.GetProperty("trials").EnumerateArray()];
        Assert.Equal(0, trials[0].GetProperty("kept_float").GetArrayLength());
        Assert.Contains(trials, trial => trial.GetProperty("kept_float").EnumerateArray().Select(name => name.GetString()).Order().SequenceEqual(json.GetProperty("kept_float").EnumerateArray().Select(name => name.GetString()).Order()));
        Assert.Equal(json.GetProperty("before").GetProperty("accuracy").GetDouble(), search.GetProperty("floating").GetDouble());
        Assert.True(!search.GetProperty("reached").GetBoolean() || json.GetProperty("after").GetProperty("accuracy").GetDouble() >= search.GetProperty("floating").GetDouble());
        Assert.False(Quantize("--images", "20").Json().TryGetProperty("search", out _));
    }

    [Theory]
    [InlineData("give them with --data PATH", "MODEL", "-o", "OUT")]
    [InlineData("give the path of the result with -o", "MODEL", "--data", "DATA")]
    [InlineData("nowhere: no such file or folder", "MODEL", "--data", "nowhere", "-o", "OUT")]
    [InlineData("'conv9', to be kept in floating point, matches no node", "MODEL", "--data", "DATA", "-o", "OUT", "--keep-float", "conv9")]
    [InlineData("it has no convolution or linear layer that is not kept", "MODEL", "--data", "DATA", "-o", "OUT", "--keep-float", "*")]
    [InlineData("--equalize and --no-equalize exclude each other", "MODEL", "--data", "DATA", "-o", "OUT", "--equalize", "--no-equalize")]
    [InlineData("--correct-bias and --no-correct-bias exclude each other", "MODEL", "--data", "DATA", "-o", "OUT", "--correct-bias", "--no-correct-bias")]
    [InlineData("--percentile is for --observer percentile or auto only", "MODEL", "--data", "DATA", "-o", "OUT", "--observer", "mse", "--percentile", "99")]
    [InlineData("--max-loss is for --keep-float auto only", "MODEL", "--data", "DATA", "-o", "OUT", "--max-loss", "0.1")]
    [InlineData("--observer is auto or min-max", "MODEL", "--data", "DATA", "-o", "OUT", "--observer", "best")]
    [InlineData("--images takes an integer from 1", "MODEL", "--data", "DATA", "-o", "OUT", "--images", "0")]
    [InlineData("only a model file", "MODEL", "--data", "DATA", "-o", "out.pth")]
    public void Nonsense_is_refused_with_the_remedy(string expected, params string[] words)
    {
        string error = CliRun.Of(["quantize", .. words.Select(word => word switch { "MODEL" => _model, "DATA" => _data, "OUT" => _output, _ => word })]).UserError();
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.False(File.Exists(_output));
    }

    [Fact]
    public void A_quantized_network_is_not_quantized_again()
    {
        Quantize();
        Assert.Contains("is quantized already; start from the model before", CliRun.Of("quantize", _output, "--data", _data, "-o", _folder.File("again.espalier")).UserError(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_images_of_calibration_are_those_of_the_seed()
    {
        byte[] Scales(string seed)
        {
            Quantize("--images", "10", "--seed", seed, "--observer", "min-max");
            Model written = ModelFile.Read(_output);
            return [.. written.Graph.Nodes.Where(node => node.Op is Quantize).SelectMany(node => written.Value(node, "scale").Bytes.ToArray())];
        }

        byte[] first = Scales("0");
        Assert.Equal(first, Scales("0"));
        Assert.NotEqual(first, Scales("1"));
    }

    private (int Samples, string? Data) Verified(params string[] more)
    {
        JsonElement verify = CliRun.Of(["quantize", _model, "--dry-run", "--json", "--observer", "min-max", .. more]).Json().GetProperty("verify");
        return (verify.GetProperty("samples").GetInt32(), verify.GetProperty("data").GetString());
    }

    private CliRun Quantize(params string[] more) => Quantize(json: true, more);

    private CliRun Quantize(bool json, params string[] more)
    {
        CliRun run = CliRun.Of(["quantize", _model, "--data", _data, "-o", _output, .. json ? (string[])["--json"] : [], .. more]);
        Assert.True(run.Code == ExitCode.Success, run.Error);
        return run;
    }
}
