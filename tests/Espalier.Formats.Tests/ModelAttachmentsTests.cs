using Espalier.Formats.Tests.Support;
using Espalier.Graphs;

namespace Espalier.Formats.Tests;

public sealed class ModelAttachmentsTests
{
    [Fact]
    public void Attachments_come_back_and_readers_of_models_do_not_see_them()
    {
        Model model = SmallModel.Make(1);
        var attachments = new ModelAttachments(new StateDict([new("a/b", Tensor.From<long>([2], [1, 2]))]), [new("a/text", "ünïcode\nlines")]);
        byte[] file = Write(model, attachments);
        (Model again, ModelAttachments read) = ModelFile.ReadAttached(file, "file");
        Assert.Equal(model.Graph, again.Graph);
        Assert.Equal(["a/b"], read.Tensors.Names);
        Assert.True(read.Tensors["a/b"].BitEquals(attachments.Tensors["a/b"]));
        Assert.Equal("ünïcode\nlines", read.Text("a/text"));
        Assert.Null(read.Text("a/other"));
        Assert.Equal(model.Parameters.Keys, ModelFile.Read(file, "file").Parameters.Keys);
    }

    [Fact]
    public void A_file_is_read_into_memory_and_may_be_replaced_at_once()
    {
        using var folder = new TemporaryFolder();
        string path = folder["model.espalier"];
        Tensor state = Tensor.From<double>([3], [1, 2, 3]);
        File.WriteAllBytes(path, Write(SmallModel.Make(1), new ModelAttachments(new StateDict([new("a/b", state)]), [])));
        (Model model, ModelAttachments read) = ModelFile.ReadAttached(path);
        Assert.All(model.Parameters.Values, parameter => Assert.False(parameter.Value.IsDeferred)); // mapped files cannot be replaced on Windows
        File.WriteAllBytes(path, new byte[new FileInfo(path).Length]);
        Assert.True(read.Tensors["a/b"].BitEquals(state));
        foreach ((string name, Parameter parameter) in SmallModel.Make(1).Parameters)
        {
            Assert.True(parameter.Value.BitEquals(model.Parameters[name].Value), name);
        }
    }

    [Fact]
    public void A_changed_bit_of_a_file_is_found_and_a_missing_file_is_named()
    {
        using var folder = new TemporaryFolder();
        string path = folder["model.espalier"];
        byte[] file = Write(SmallModel.Make(1), new ModelAttachments(new StateDict([]), []));
        file[^1] ^= 1;
        File.WriteAllBytes(path, file);
        string message = Assert.Throws<MalformedInputException>(() => ModelFile.ReadAttached(path)).Message;
        Assert.Contains("SHA-256", message, StringComparison.Ordinal);
        Assert.Contains("model.espalier", message, StringComparison.Ordinal);
        File.WriteAllBytes(path, file[..^1]);
        Assert.Throws<MalformedInputException>(() => ModelFile.ReadAttached(path));
        string missing = folder["missing.espalier"];
        Assert.Contains(missing, Assert.Throws<EspalierException>(() => ModelFile.ReadAttached(missing)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_bit_anywhere_is_found()
    {
        byte[] file = Write(SmallModel.Make(1), new ModelAttachments(new StateDict([]), []));
        file[^1] ^= 1;
        Assert.Contains("SHA-256", Assert.Throws<MalformedInputException>(() => ModelFile.ReadAttached(file, "file")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_could_be_parameters_are_refused()
    {
        using var stream = new MemoryStream();
        Assert.Throws<ArgumentException>(() => ModelFile.Write(stream, SmallModel.Make(1), new ModelAttachments(new StateDict([new("weight", Tensor.Zeros([1]))]), [])));
        Assert.Throws<ArgumentException>(() => ModelFile.Write(stream, SmallModel.Make(1), new ModelAttachments(new StateDict([]), [new("format", "x")])));
    }

    private static byte[] Write(Model model, ModelAttachments attachments)
    {
        using var stream = new MemoryStream();
        ModelFile.Write(stream, model, attachments);
        return stream.ToArray();
    }
}
