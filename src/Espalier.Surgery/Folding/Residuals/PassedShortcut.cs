using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Writes the convolutions that pass a shortcut through additional channels.</summary>
internal static class PassedShortcut
{
    /// <summary>Whether one of the kernel positions has offset 0, so that it reads the input pixel at the position of the output pixel.</summary>
    internal static bool HasCentre(Conv2d conv) => Centre(conv.Padding.Top, conv.Dilation.Height, conv.Kernel.Height) && Centre(conv.Padding.Left, conv.Dilation.Width, conv.Kernel.Width);

    /// <summary>One patch for each convolution of the block, and one that removes the addition.</summary>
    internal static IEnumerable<Patch> Patches(Model model, ResidualBlockShape block)
    {
        int carried = model.Graph.ShapeOf(block.Source)[0];
        string reason = $"{block.Sum.Name} into {string.Join(", ", block.Convolutions.Select(node => node.Name))}, which carry {carried} channels of {block.Source} along";
        for (int i = 0; i < block.Convolutions.Count; i++)
        {
            Node node = block.Convolutions[i];
            bool isLast = i == block.Convolutions.Count - 1;
            LinearMap own = GroupConversion.Widen(LinearOps.Read(model, node).Map!, 1);
            LinearMap way = isLast ? block.Shortcut : ElementaryMaps.Identity(carried);
            LinearMap both = Beside(own, GroupConversion.Widen(way, 1), readsBoth: i > 0, addsBoth: isLast);
            yield return MapWriter.WriteLayer(model, both, node.Inputs[0], node.Name, node.Name, [node], reason);
        }

        yield return new Patch(reason).Redirect(block.Sum.Name, block.Convolutions[^1].Name);
    }

    private static bool Centre(int padding, int dilation, int kernel) => padding % dilation == 0 && padding / dilation < kernel;

    /// <summary>Combines a convolution with a 1x1 map at the kernel position of offset 0. The two read the same channels or concatenated channels, and their outputs are added or concatenated.</summary>
    private static LinearMap Beside(LinearMap own, LinearMap way, bool readsBoth, bool addsBoth)
    {
        int inputs = own.InChannels + (readsBoth ? way.InChannels : 0);
        int outputs = own.OutChannels + (addsBoth ? 0 : way.OutChannels);
        int positions = own.Kernel.Area;
        double[] weight = MapSizeException.Weights(outputs, inputs, own.Kernel);
        double[] bias = new double[outputs];
        own.Bias.CopyTo(bias, 0);
        for (int o = 0; o < own.OutChannels; o++)
        {
            Array.Copy(own.Weight, o * own.InChannels * positions, weight, o * inputs * positions, own.InChannels * positions);
        }

        int centre = (own.Padding.Top / own.Dilation.Height * own.Kernel.Width) + (own.Padding.Left / own.Dilation.Width);
        (int firstOutput, int firstInput) = (addsBoth ? 0 : own.OutChannels, readsBoth ? own.InChannels : 0);
        for (int o = 0; o < way.OutChannels; o++)
        {
            bias[firstOutput + o] += way.Bias[o];
            for (int i = 0; i < way.InChannels; i++)
            {
                weight[((((firstOutput + o) * inputs) + firstInput + i) * positions) + centre] += way.Weight[(o * way.InChannels) + i];
            }
        }

        return new LinearMap(inputs, outputs, own.Kernel, weight) { Bias = bias, Stride = own.Stride, Dilation = own.Dilation, Padding = own.Padding };
    }
}
